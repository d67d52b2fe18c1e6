package crosscut.kernels.gemm;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaFixture;
import crosscut.kernels.device.cuda.CudaOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The choice of algorithms, what of it is kept on disk, and what it must not change. */
class CublasLtAlgorithmsTest {

    private static final int BATCH = 96;
    private static final int IN = 64;
    private static final int OUT = 32;

    @TempDir
    private Path folder;
    private final List<String> messages = new ArrayList<>();

    private UnaryOperator<CudaOptions> searching() {
        return options -> new CudaOptions(0, false, true, true, folder, options.workspaceBytes(), options.separatesViews(), messages::add);
    }

    /** The bits of a weight gradient, whose long sums algorithms cut into parts. */
    private static byte[] weightGradient(UnaryOperator<CudaOptions> options, int launches) {
        try (CudaFixture fixture = CudaFixture.open(options)) {
            Random random = new Random(5);
            Tensor x = fixture.random(DataType.FLOAT32, BATCH, IN, 0, 1, random);
            Tensor dy = fixture.random(DataType.FLOAT32, BATCH, OUT, 0, 1, random);
            Tensor dw = fixture.zeros(DataType.FLOAT32, IN, OUT);
            Operation product = fixture.device().matrixProducts().weightGradient(x, dy, dw, null);
            byte[] bits = null;
            for (int launch = 0; launch < launches; launch++) {
                fixture.run(product);
                assertThat(bits == null ? fixture.bytes(dw) : bits).as("bits of launch %d", launch).isEqualTo(fixture.bytes(dw));
                bits = fixture.bytes(dw);
            }
            return bits;
        }
    }

    @Test
    void everyRunHasTheSameBits() {
        assertThat(weightGradient(options -> options, 8)).isEqualTo(weightGradient(options -> options, 1));
    }

    @Test
    void whatASearchFoundIsUsedAgain() throws IOException {
        byte[] first = weightGradient(searching(), 2);
        List<Path> files = files();
        assertThat(files).hasSize(1);
        List<String> kept = Files.readAllLines(files.getFirst());
        assertThat(kept).hasSize(3).element(1).asString().startsWith("32x64x96 FLOAT32/32@256N FLOAT32/64@256T = FLOAT32/32@256 NONE workspace ");
        assertThat(weightGradient(searching(), 2)).isEqualTo(first);
        assertThat(Files.readAllLines(files.getFirst())).isEqualTo(kept);
        assertThat(messages).isEmpty();
    }

    @Test
    void aDamagedFileIsNamedAndWrittenAnew() throws IOException {
        weightGradient(searching(), 1);
        Path file = files().getFirst();
        byte[] good = Files.readAllBytes(file);
        Files.writeString(file, "rubbish\n");
        weightGradient(searching(), 1);
        assertThat(messages).isNotEmpty().allMatch(message -> message.startsWith("the algorithm file " + file + " is not used: "));
        assertThat(Files.size(file)).isEqualTo(good.length);
    }

    @Test
    void anAlgorithmThatTheLibraryRefusesIsSearchedAnew() throws IOException {
        weightGradient(searching(), 1);
        Path file = files().getFirst();
        String key = Files.readAllLines(file).get(1).split("\t")[0];
        try (CudaFixture fixture = CudaFixture.open()) {
            CublasLtLibrary library = new CublasLtLibrary(fixture.device().context(), fixture.libraries().blas());
            new AlgorithmFile(folder, fixture.device().context().model(), library.versionNumber(), messages::add).write(Map.of(key, new byte[64]));
            library.close();
        }
        weightGradient(searching(), 1);
        assertThat(messages).containsExactly("the algorithm that was kept for " + key + " cannot be used any more; another is chosen");
    }

    private List<Path> files() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".txt")).toList();
        }
    }

    @Test
    void aSearchLeavesOperandsAndResultsAlone() {
        try (CudaFixture fixture = CudaFixture.open(searching())) {
            Random random = new Random(5);
            Tensor dy = fixture.random(DataType.FLOAT32, BATCH, OUT, 0, 1, random);
            Tensor w = fixture.random(DataType.FLOAT32, IN, OUT, 0, 1, random);
            Tensor dx = fixture.random(DataType.FLOAT32, BATCH, IN, 0, 1, random);
            byte[] before = fixture.bytes(dx);
            fixture.device().matrixProducts().inputGradient(dy, w, dx, null, dx);
            assertThat(fixture.bytes(dx)).isEqualTo(before);
        }
    }

    @Test
    void launchingAllocatesNothing() {
        try (CudaFixture fixture = CudaFixture.silent()) {
            Tensor x = fixture.zeros(DataType.BFLOAT16, BATCH, IN);
            Tensor w = fixture.zeros(DataType.BFLOAT16, IN, OUT);
            Tensor bias = fixture.zeros(DataType.FLOAT32, 1, OUT);
            Tensor y = fixture.zeros(DataType.BFLOAT16, BATCH, OUT);
            MatrixProducts products = fixture.device().matrixProducts();
            Operation forward = products.forward(x, w, bias, Activation.RELU, y);
            fixture.assertAllocatesNothing(forward, products.inputGradient(y, w, x, null, x),
                    products.weightGradient(x, y, fixture.zeros(DataType.FLOAT32, IN, OUT), bias));
        }
    }

    @Test
    void aProductThatRanBeforeItsWayBackWasBoundWritesNoMask() {
        try (CudaFixture fixture = CudaFixture.open()) {
            Random random = new Random(5);
            Tensor x = fixture.random(DataType.FLOAT32, BATCH, IN, 0, 1, random);
            Tensor w = fixture.random(DataType.FLOAT32, IN, OUT, 0, 1, random);
            Tensor y = fixture.zeros(DataType.FLOAT32, BATCH, OUT);
            CublasLtMatrixProducts products = fixture.device().matrixProducts();
            Operation captured = fixture.device().capture("forward", fixture.stream(), products.forward(x, w, null, Activation.RELU, y));
            Tensor dy = fixture.random(DataType.FLOAT32, BATCH, OUT, 0, 1, random);
            Operation back = products.inputGradient(fixture.random(DataType.FLOAT32, BATCH, IN, 0, 1, random),
                    fixture.random(DataType.FLOAT32, OUT, IN, 0, 1, random), null, y, dy);
            fixture.run(captured, back);
            assertThat(products.bound()).extracting(CublasLtMatrixProducts.BoundProduct::epilogue).containsExactly("RELU", "NONE");
            double[][] outputs = fixture.values(y);
            double[][] gradients = fixture.values(dy);
            for (int row = 0; row < BATCH; row++) {
                for (int column = 0; column < OUT; column++) {
                    assertThat(gradients[row][column] != 0).as("row %d, column %d", row, column).isEqualTo(outputs[row][column] > 0);
                }
            }
        }
    }

    @Test
    void descriptionNamesLibraryAndSeparatePasses() {
        try (CudaFixture fixture = CudaFixture.open()) {
            Tensor x = fixture.zeros(DataType.FLOAT32, BATCH, IN);
            Tensor w = fixture.zeros(DataType.FLOAT32, IN, OUT);
            Tensor dy = fixture.zeros(DataType.FLOAT32, BATCH, OUT);
            CublasLtMatrixProducts products = fixture.device().matrixProducts();
            products.forward(x, w, null, Activation.NONE, dy);
            products.inputGradient(dy, w, null, x, fixture.zeros(DataType.FLOAT32, BATCH, IN));
            assertThat(products.description()).matches("cuBLASLt \\d+\\.\\d+\\.\\d+, workspace .+, 2 products, 1 of them with separate passes");
            assertThat(products.bound()).extracting(CublasLtMatrixProducts.BoundProduct::separatePasses).containsExactly(List.of(), List.of("ReLU mask"));
            assertThat(fixture.device().description()).contains(products.description());
        }
    }
}
