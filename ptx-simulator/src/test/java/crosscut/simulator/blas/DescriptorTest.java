package crosscut.simulator.blas;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.simulator.check.FindingKind;
import crosscut.simulator.driver.Findings;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** What cuBLASLt refuses. */
class DescriptorTest {

    private static final int INVALID_VALUE = 7;
    private static final int NOT_SUPPORTED = 15;
    private static final int ORDER = 1;

    @Test
    void attributesHaveExactSizesAndKnownNumbers() {
        try (BlasFixture blas = new BlasFixture()) {
            long product = blas.product(BlasFixture.COMPUTE_32F);
            assertThat(blas.setLong("MatmulDesc", product, BlasFixture.EPILOGUE, 1)).isEqualTo(INVALID_VALUE);
            assertThat(blas.blas.lastError().orElseThrow()).contains("EPILOGUE has 4 bytes, not 8");
            assertThat(blas.setInt("MatmulDesc", product, BlasFixture.BIAS_POINTER, 1)).isEqualTo(INVALID_VALUE);
            assertThat(blas.setInt("MatmulDesc", product, 999, 1)).isEqualTo(INVALID_VALUE);
            assertThat(blas.setInt("MatmulDesc", blas.layout(0, 1, 1, 1), BlasFixture.EPILOGUE, 1)).isEqualTo(INVALID_VALUE);
        }
    }

    @Test
    void gettersGiveSizesAndValues() {
        try (BlasFixture blas = new BlasFixture()) {
            long layout = blas.layout(BlasFixture.FLOAT16, 3, 5, 8);
            MemorySegment value = blas.calls.cell();
            MemorySegment written = blas.calls.cell();
            blas.calls.succeed("cublasLtMatrixLayoutGetAttribute", layout, 4, value, 8L, written);
            assertThat(value.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(8);
            assertThat(written.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(8);
            assertThat(blas.calls.status("cublasLtMatrixLayoutGetAttribute", layout, 4, value, 4L, written)).isEqualTo(INVALID_VALUE);
            blas.calls.succeed("cublasLtMatrixLayoutGetAttribute", layout, 0, MemorySegment.NULL, 0L, written);
            assertThat(written.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(4);
        }
    }

    @Test
    void destroyedDescriptorsAreNoticed() {
        try (BlasFixture blas = new BlasFixture()) {
            long product = blas.product(BlasFixture.COMPUTE_32F);
            blas.calls.succeed("cublasLtMatmulDescDestroy", product);
            assertThat(blas.setInt("MatmulDesc", product, BlasFixture.EPILOGUE, 1)).isEqualTo(INVALID_VALUE);
            assertThat(blas.blas.lastError().orElseThrow()).contains("is a cublasLtMatmulDesc_t that was destroyed");
        }
    }

    @Test
    void rowMajorMatricesTakeNoEpilogue() {
        try (BlasFixture blas = new BlasFixture()) {
            long layout = blas.layout(BlasFixture.FLOAT32, 4, 4, 4);
            assertThat(blas.setInt("MatrixLayout", layout, ORDER, 1)).isZero();
            assertThat(check(blas, 1, layout, BlasFixture.COMPUTE_32F)).isZero();
            assertThat(check(blas, 4, layout, BlasFixture.COMPUTE_32F)).isEqualTo(NOT_SUPPORTED);
        }
    }

    @Test
    void typesMustAgree() {
        try (BlasFixture blas = new BlasFixture()) {
            assertThat(check(blas, 1, blas.layout(BlasFixture.FLOAT16, 4, 4, 4), BlasFixture.COMPUTE_TF32)).isEqualTo(NOT_SUPPORTED);
            assertThat(check(blas, 1, blas.layout(BlasFixture.FLOAT16, 4, 4, 4), BlasFixture.COMPUTE_32F)).isZero();
            assertThat(blas.calls.status("cublasLtMatmulDescCreate", blas.calls.cell(), 64, BlasFixture.FLOAT32)).isEqualTo(NOT_SUPPORTED);
        }
    }

    @Test
    void leadingDimensionsCoverTheRows() {
        try (BlasFixture blas = new BlasFixture()) {
            assertThat(check(blas, 1, blas.layout(BlasFixture.FLOAT32, 4, 4, 3), BlasFixture.COMPUTE_32F)).isEqualTo(INVALID_VALUE);
        }
    }

    @Test
    void masksHaveALeadingDimensionOf128() {
        try (BlasFixture blas = new BlasFixture()) {
            assertThat(check(blas, 130, blas.layout(BlasFixture.FLOAT32, 4, 4, 4), BlasFixture.COMPUTE_32F)).isEqualTo(INVALID_VALUE);
            assertThat(blas.blas.lastError().orElseThrow()).contains("EPILOGUE_AUX_LD of 0 for 4 rows");
        }
    }

    @Test
    void whatIsNotDestroyedIsReportedAtTheEnd() {
        BlasFixture blas = new BlasFixture();
        blas.product(BlasFixture.COMPUTE_32F);
        blas.layout(BlasFixture.FLOAT32, 4, 4, 4);
        blas.close();
        assertThat(Findings.of(blas.driver.cuda, FindingKind.LEAK)).contains("leak: 1 handles of cuBLASLt were not destroyed",
                "leak: 1 product descriptors were not destroyed", "leak: 1 matrix layouts were not destroyed");
    }

    private static int check(BlasFixture blas, int epilogue, long layout, int computeType) {
        long product = blas.product(computeType);
        blas.setInt("MatmulDesc", product, BlasFixture.EPILOGUE, epilogue);
        MemorySegment algorithm = blas.calls.bytes(64);
        blas.calls.succeed("cublasLtMatmulAlgoInit", blas.library, computeType, 0, 0, 0, 0, 0, 1, algorithm);
        return blas.calls.status("cublasLtMatmulAlgoCheck", blas.library, product, layout, layout, layout, layout, algorithm, blas.calls.bytes(96));
    }
}
