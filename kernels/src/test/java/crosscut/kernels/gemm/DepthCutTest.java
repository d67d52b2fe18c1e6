package crosscut.kernels.gemm;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class DepthCutTest {

    @Test
    void partsMakeUpTheWholeSum() {
        Tensor bias = tensor(DataType.FLOAT32, 1, 256);
        ProductTerms terms = ProductTerms.forward(tensor(DataType.FLOAT32, 512, 1100), tensor(DataType.FLOAT32, 1100, 256), bias, DataType.FLOAT32,
                Activation.RELU, tensor(DataType.FLOAT32, 512, 256));
        List<ProductTerms> parts = DepthCut.into(3, terms);
        assertThat(parts).extracting(part -> part.left().columns()).containsExactly(384L, 384L, 332L);
        assertThat(parts).extracting(part -> part.right().rows()).containsExactly(384L, 384L, 332L);
        assertThat(parts).extracting(ProductTerms::residual).containsExactly(null, terms.destination(), terms.destination());
        assertThat(parts).extracting(ProductTerms::bias).containsExactly(null, null, bias);
        assertThat(parts).extracting(ProductTerms::activation).containsExactly(Activation.NONE, Activation.NONE, Activation.RELU);
        assertThat(parts.get(1).left().address(0, 0)).isEqualTo(terms.left().address(0, 384));
        assertThat(parts.get(1).right().address(0, 0)).isEqualTo(terms.right().address(384, 0));
    }

    @Test
    void residualComesFirstAndMaskLast() {
        Tensor residual = tensor(DataType.FLOAT32, 512, 256);
        Tensor reluOutput = tensor(DataType.FLOAT32, 512, 256);
        ProductTerms terms = ProductTerms.inputGradient(tensor(DataType.FLOAT32, 512, 1024), tensor(DataType.FLOAT32, 256, 1024), residual, reluOutput,
                tensor(DataType.FLOAT32, 512, 256));
        List<ProductTerms> parts = DepthCut.into(2, terms);
        assertThat(parts).extracting(ProductTerms::residual).containsExactly(residual, terms.destination());
        assertThat(parts).extracting(ProductTerms::reluOutput).containsExactly(null, reluOutput);
        assertThat(parts.get(1).right().address(0, 0)).isEqualTo(terms.right().address(512, 0));
    }

    @Test
    void sumsThatAreShorterThanAPartStayWhole() {
        ProductTerms terms = ProductTerms.weightGradient(tensor(DataType.FLOAT32, 100, 64), tensor(DataType.FLOAT32, 100, 32),
                tensor(DataType.FLOAT32, 64, 32), null);
        assertThat(DepthCut.into(7, terms)).containsExactly(terms);
    }

    private static Tensor tensor(DataType type, int rows, int columns) {
        return TestMatrix.dense(type, rows, columns).tensor();
    }
}
