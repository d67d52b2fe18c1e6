package crosscut.kernels.gemm;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.bindings.LibraryLoader;
import crosscut.bindings.onednn.OneDnn;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkerPool;
import java.util.function.ToLongFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What products make room for when they are bound is what is said beforehand. */
class OperandCopiesTest {

    private static final long PAGE = 4096;

    @ParameterizedTest
    @MethodSource("crosscut.kernels.gemm.OneDnnTypes#here")
    void roomIsMadeForWhatIsSaidBeforehand(DataType type) {
        Tensor x = tensor(type, 256, 128);
        Tensor wide = tensor(type, 256, 1088);
        Tensor w = tensor(type, 128, 1088);
        assertRoom(type.byteSize() * 128L * 1088, 0, ProductTerms.forward(x, w, null, type, Activation.NONE, wide));
        assertRoom(type.byteSize() * 128L * 1088, 0, ProductTerms.inputGradient(wide, w, null, null, x));
        // Rows of the left-hand copy lie a cache line apart.
        assertRoom(type.byteSize() * 256L * 1088, 128 * (type.byteSize() * 256L + 64),
                ProductTerms.weightGradient(x, wide, tensor(DataType.FLOAT32, 128, 1088), null));
    }

    /** A batch is cut where its copies would take more than 32 MiB each. */
    @ParameterizedTest
    @MethodSource("crosscut.kernels.gemm.OneDnnTypes#here")
    void copiesDoNotGrowWithTheBatch(DataType type) {
        int batch = 3 * (16 << 20) / type.byteSize() / 64;
        assertRoom(24 << 20, 0, ProductTerms.weightGradient(tensor(type, batch, 128), tensor(type, batch, 64), tensor(DataType.FLOAT32, 128, 64), null));
    }

    @ParameterizedTest
    @MethodSource("crosscut.kernels.gemm.OneDnnTypes#here")
    void fixedWeightsAreNotCopiedAgain(DataType type) {
        ProductTerms terms = ProductTerms.forward(tensor(type, 256, 128), tensor(type, 128, 1088), null, type, Activation.NONE, tensor(type, 256, 1088));
        try (FixedWeights fixed = new FixedWeights((_, bytes) -> TestMatrix.memory(bytes))) {
            assertThat(OneDnnMatrixProducts.copiedBytes(terms, fixed)).isZero();
            assertThat(withProducts(products -> {
                products.bind(terms, fixed);
                return products.operandBytes();
            })).isZero();
        }
    }

    private static void assertRoom(long right, long left, ProductTerms terms) {
        assertThat(OneDnnMatrixProducts.copiedBytes(terms, null)).isEqualTo(left + right);
        long room = withProducts(products -> {
            products.bind(terms, null);
            return products.operandBytes();
        });
        if (!WordLoops.isFast()) {
            assertThat(room).isZero();
            return;
        }
        // For tiles of bf16, oneDNN may want another order than that of the copy, and then makes its own.
        boolean mayDecline = terms.right().tensor().type() == DataType.BFLOAT16;
        assertThat(room).isIn(inPages(left + right), inPages(mayDecline ? left : left + right));
    }

    private static long inPages(long bytes) {
        return Math.ceilDiv(bytes, PAGE) * PAGE;
    }

    private static long withProducts(ToLongFunction<OneDnnMatrixProducts> use) {
        try (WorkerPool pool = new WorkerPool(1);
                OneDnnMatrixProducts products = new OneDnnMatrixProducts(pool, new OneDnn(OneDnn.find(new LibraryLoader()).require()))) {
            return use.applyAsLong(products);
        }
    }

    private static Tensor tensor(DataType type, int rows, int columns) {
        return TestMatrix.dense(type, rows, columns).tensor();
    }
}
