package crosscut.kernels.gemm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import crosscut.bindings.DynamicLinker;
import crosscut.bindings.LibraryLoader;
import crosscut.bindings.UnavailableLibraryException;
import crosscut.bindings.onednn.OneDnn;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.WorkerPool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Which implementation is taken, and what is said about it. */
class CpuMatrixProductsTest {

    private static final LibraryLoader WITHOUT_ONEDNN = new LibraryLoader(new DynamicLinker(),
            name -> name.equals(OneDnn.OVERRIDE_VARIABLE) ? "/none/libdnnl.so.3" : null);

    @Test
    void autoSaysWhyItIsNotOneDnn() {
        try (WorkerPool pool = new WorkerPool(1); CpuMatrixProducts products = CpuMatrixProducts.open(pool, MatrixLibrary.AUTO, WITHOUT_ONEDNN)) {
            assertThat(products.description()).matches("Java Vector API, \\d+ bits \\(oneDNN is not available "
                    + "\\(/none/libdnnl.so.3: no such file\\); CROSSCUT_ONEDNN can name its file\\)");
        }
    }

    @Test
    void oneDnnThatIsAskedForIsNeverReplaced() {
        try (WorkerPool pool = new WorkerPool(1)) {
            assertThatExceptionOfType(UnavailableLibraryException.class)
                    .isThrownBy(() -> CpuMatrixProducts.open(pool, MatrixLibrary.ONEDNN, WITHOUT_ONEDNN)).withMessageStartingWith("oneDNN is not available");
        }
    }

    @Test
    void cpuWithoutBfloat16UnitsWidensIt() throws IOException, InterruptedException {
        assertThat(descriptionOnCpuWith("AVX2")).matches("oneDNN 3[.0-9]+ \\(AVX2\\); bf16 widened to fp32, as this CPU has no bf16 units\\R");
    }

    @Test
    void cpuWithoutAvx2ComputesInJava() throws IOException, InterruptedException {
        assertThat(descriptionOnCpuWith("SSE41"))
                .matches("Java Vector API, \\d+ bits \\(oneDNN 3[.0-9]+ is slow without AVX2 and uses SSE41 here\\)\\R");
    }

    /** oneDNN reads its limit once per process, so another CPU has to be another process. */
    private static String descriptionOnCpuWith(String instructions) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--add-modules", "jdk.incubator.vector", "-cp", System.getProperty("java.class.path"),
                CpuMatrixProductsTest.class.getName()).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("ONEDNN_MAX_CPU_ISA", instructions);
        Process process = builder.start();
        String description = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).isZero();
        return description;
    }

    /** The other process: describes its products and checks one of either type. */
    public static void main(String[] arguments) {
        try (WorkerPool pool = new WorkerPool(2); CpuMatrixProducts products = CpuMatrixProducts.open(pool, MatrixLibrary.AUTO)) {
            for (DataType type : new DataType[] {DataType.FLOAT32, DataType.BFLOAT16}) {
                TestMatrix x = TestMatrix.dense(type, 70, 40).random(new SplittableRandom(1));
                TestMatrix w = TestMatrix.dense(type, 40, 33).random(new SplittableRandom(2));
                TestMatrix y = TestMatrix.dense(type, 70, 33);
                products.forward(x.tensor(), w.tensor(), null, Activation.NONE, y.tensor()).launch(null);
                ReferenceProduct.of(x.values(), w.values(), 70, 40, 33).assertEqualTo(y);
            }
            System.out.println(products.description());
        }
    }
}
