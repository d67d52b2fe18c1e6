package crosscut.kernels.gemm;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.bindings.onednn.ElementType;
import crosscut.bindings.onednn.InstructionSet;
import crosscut.bindings.onednn.Matmul;
import crosscut.bindings.onednn.MatmulDescription;
import crosscut.bindings.onednn.MatrixLayout;
import crosscut.bindings.onednn.OneDnn;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The build runs tests of products a second time as on a processor of an older kind; here it sees that it did. */
@EnabledIfSystemProperty(named = "crosscut.tests.processor", matches = "AVX2")
class OlderProcessorTest {

    private static final int VECTOR_BITS = 256;

    @Test
    void neitherTheLibraryNorTheCompilerUsesNewerInstructions() {
        try (OneDnn library = OneDnn.open()) {
            assertThat(library.instructionSet()).isEqualTo(InstructionSet.AVX2);
        }
        assertThat(FloatVector.SPECIES_PREFERRED.vectorBitSize()).isEqualTo(VECTOR_BITS);
    }

    @Test
    void packedWeightsLieInBlocksOf32Columns() {
        MatrixLayout square = new MatrixLayout(128, 128, ElementType.FLOAT32, 128, 1);
        try (OneDnn library = OneDnn.open(); Matmul product = library.newMatmul(new MatmulDescription(square, square, square, false, false, false, true))) {
            assertThat(product.weightsBlockColumns()).isEqualTo(32);
        }
    }
}
