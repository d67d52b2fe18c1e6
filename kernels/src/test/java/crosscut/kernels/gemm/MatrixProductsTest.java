package crosscut.kernels.gemm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkerPool;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MatrixProductsTest {

    private static final int BATCH = 333;
    private static final int IN = 530;
    private static final int OUT = 97;

    /** A layer whose operands oneDNN gets as copies in its own order. */
    private static final int COPIED_BATCH = 256;
    private static final int COPIED_IN = 128;
    private static final int COPIED_OUT = 1088;

    /** The three products of one layer on memory of its own. */
    private static final class Layer {

        private final List<TestMatrix> results = new ArrayList<>();
        private final List<Operation> operations = new ArrayList<>();

        Layer(MatrixProducts products, DataType type) {
            this(products, type, BATCH, IN, OUT);
        }

        Layer(MatrixProducts products, DataType type, int batch, int in, int out) {
            SplittableRandom random = new SplittableRandom(17);
            Tensor x = TestMatrix.view(type, batch, in, 3, 2).random(random).tensor();
            Tensor w = TestMatrix.dense(type, in, out).random(random).tensor();
            Tensor bias = TestMatrix.dense(DataType.FLOAT32, 1, out).random(random).tensor();
            Tensor dy = TestMatrix.dense(type, batch, out).random(random).tensor();
            Tensor residual = TestMatrix.dense(type, batch, in).random(random).tensor();
            operations.add(products.forward(x, w, bias, Activation.RELU, result(type, batch, out)));
            operations.add(products.inputGradient(dy, w, residual, x, result(type, batch, in)));
            operations.add(products.weightGradient(x, dy, result(DataType.FLOAT32, in, out), result(DataType.FLOAT32, 1, out)));
        }

        static Layer copied(MatrixProducts products, DataType type) {
            return new Layer(products, type, COPIED_BATCH, COPIED_IN, COPIED_OUT);
        }

        List<byte[]> bytes() {
            return results.stream().map(TestMatrix::bytes).toList();
        }

        private Tensor result(DataType type, int rows, int columns) {
            TestMatrix matrix = TestMatrix.dense(type, rows, columns);
            results.add(matrix);
            return matrix.tensor();
        }

        void launch() {
            // No iterator: the test of allocation counts it.
            for (int index = 0; index < operations.size(); index++) {
                operations.get(index).launch(null);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ONEDNN", "JAVA"})
    void threadCountDoesNotChangeABit(MatrixLibrary library) {
        for (DataType type : new DataType[] {DataType.FLOAT32, DataType.BFLOAT16}) {
            threadCountDoesNotChangeABit(library, type, Layer::new);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void threadCountDoesNotChangeABitOfCopiedOperands(DataType type) {
        threadCountDoesNotChangeABit(MatrixLibrary.ONEDNN, type, Layer::copied);
    }

    private static void threadCountDoesNotChangeABit(MatrixLibrary library, DataType type, BiFunction<MatrixProducts, DataType, Layer> kind) {
        List<byte[]> expected = bytesWith(library, 1, type, kind);
        for (int threads : new int[] {2, 3, 7}) {
            assertThat(isSame(bytesWith(library, threads, type, kind), expected)).as("%s on %d threads has the bits of one thread", type, threads).isTrue();
        }
    }

    private static List<byte[]> bytesWith(MatrixLibrary library, int threads, DataType type, BiFunction<MatrixProducts, DataType, Layer> kind) {
        try (WorkerPool pool = new WorkerPool(threads); CpuMatrixProducts products = CpuMatrixProducts.open(pool, library)) {
            Layer layer = kind.apply(products, type);
            layer.launch();
            List<byte[]> first = layer.bytes();
            layer.launch();
            assertThat(isSame(layer.bytes(), first)).as("a second launch has the bits of the first").isTrue();
            return first;
        }
    }

    /** Every task's copies are its own. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void layersInTasksHaveTheBitsOfLayersOnTheirOwn(DataType type) {
        try (WorkerPool pool = new WorkerPool(3); CpuMatrixProducts products = CpuMatrixProducts.open(pool, MatrixLibrary.ONEDNN)) {
            List<Layer> layers = Stream.generate(() -> Layer.copied(products, type)).limit(3).toList();
            layers.getFirst().launch();
            List<byte[]> expected = layers.getFirst().bytes();
            for (int round = 0; round < 3; round++) {
                pool.parallel(layers.size(), (index, _) -> layers.get(index).launch());
            }
            assertThat(layers).allMatch(layer -> isSame(layer.bytes(), expected));
        }
    }

    private static boolean isSame(List<byte[]> actual, List<byte[]> expected) {
        boolean same = actual.size() == expected.size();
        for (int index = 0; same && index < actual.size(); index++) {
            same = Arrays.equals(actual.get(index), expected.get(index));
        }
        return same;
    }

    @ParameterizedTest
    @EnumSource(names = {"ONEDNN", "JAVA"})
    void launchingAllocatesNothing(MatrixLibrary library) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (WorkerPool pool = new WorkerPool(2); CpuMatrixProducts products = CpuMatrixProducts.open(pool, library)) {
            for (DataType type : new DataType[] {DataType.FLOAT32, DataType.BFLOAT16}) {
                assertThat(leastAllocation(new Layer(products, type), threads)).as("bytes allocated by 5 launches in %s", type).isZero();
                if (library == MatrixLibrary.ONEDNN) {
                    assertThat(leastAllocation(Layer.copied(products, type), threads)).as("the same with copied operands").isZero();
                }
            }
        }
    }

    /** Vectors lie on the heap until the compiler has seen the loops, which a busy machine delays: the law holds from then on. */
    private static long leastAllocation(Layer layer, ThreadMXBean threads) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 2000 && least > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int launch = 0; launch < 5; launch++) {
                layer.launch();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    @Test
    void shapesThatDoNotFitAreNamed() {
        try (WorkerPool pool = new WorkerPool(1); CpuMatrixProducts products = CpuMatrixProducts.open(pool, MatrixLibrary.JAVA)) {
            Tensor x = TestMatrix.dense(DataType.FLOAT32, 4, 3).tensor();
            Tensor w = TestMatrix.dense(DataType.FLOAT32, 5, 2).tensor();
            Tensor y = TestMatrix.dense(DataType.FLOAT32, 4, 2).tensor();
            Tensor half = TestMatrix.dense(DataType.FLOAT16, 4, 3).tensor();
            assertThatIllegalArgumentException().isThrownBy(() -> products.forward(x, w, null, Activation.NONE, y))
                    .withMessage("w is 5 x 2 FLOAT32 but must be 3 x 2 FLOAT32 to fit x 4 x 3 FLOAT32 and y 4 x 2 FLOAT32");
            assertThatIllegalArgumentException().isThrownBy(() -> products.inputGradient(y, w, null, null, x))
                    .withMessageContaining("w is 5 x 2 FLOAT32 but must be 3 x 2 FLOAT32");
            assertThatIllegalArgumentException().isThrownBy(() -> products.weightGradient(x, y, w, null))
                    .withMessageContaining("dw is 5 x 2 FLOAT32 but must be 3 x 2 FLOAT32 to fit x 4 x 3 FLOAT32 and dy 4 x 2 FLOAT32");
            assertThatIllegalArgumentException().isThrownBy(() -> products.forward(half, w, null, Activation.NONE, y))
                    .withMessage("x is 4 x 3 FLOAT16, but the CPU device computes in FLOAT32 or BFLOAT16; FLOAT16 needs a GPU");
        }
    }

    @ParameterizedTest
    @EnumSource
    void opensDescribesAndClosesAgainAndAgain(MatrixLibrary library) {
        try (WorkerPool pool = new WorkerPool(2)) {
            for (int round = 0; round < 5; round++) {
                try (CpuMatrixProducts products = CpuMatrixProducts.open(pool, library)) {
                    new Layer(products, DataType.FLOAT32).launch();
                    assertThat(products.description()).contains(library == MatrixLibrary.JAVA ? "Java Vector API" : "oneDNN 3.");
                }
            }
        }
    }
}
