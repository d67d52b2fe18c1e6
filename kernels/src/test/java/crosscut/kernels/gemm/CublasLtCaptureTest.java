package crosscut.kernels.gemm;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.kernels.device.Branch;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaFixture;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A layer forward and back, its weight gradient beside its input gradient, launched one by one and as a graph. */
class CublasLtCaptureTest {

    private static final int BATCH = 45;
    private static final int IN = 40;
    private static final int HIDDEN = 24;
    private static final int OUT = 16;
    private static final int STEPS = 3;

    private static byte[][] results(DataType type, boolean captured) {
        try (CudaFixture fixture = CudaFixture.open(); Stream side = fixture.device().createStream("weight gradients")) {
            Random random = new Random(11);
            Tensor x = fixture.random(type, BATCH, IN, 8, 1, random);
            Tensor first = fixture.random(type, IN, HIDDEN, 0, 1, random);
            Tensor second = fixture.random(type, HIDDEN, OUT, 0, 1, random);
            Tensor bias = fixture.random(DataType.FLOAT32, 1, HIDDEN, 0, 1, random);
            Tensor hidden = fixture.zeros(type, BATCH, HIDDEN);
            Tensor y = fixture.zeros(type, BATCH, OUT);
            Tensor dHidden = fixture.zeros(type, BATCH, HIDDEN);
            Tensor dx = fixture.zeros(type, BATCH, IN);
            Tensor dFirst = fixture.zeros(DataType.FLOAT32, IN, HIDDEN);
            Tensor dBias = fixture.zeros(DataType.FLOAT32, 1, HIDDEN);
            CublasLtMatrixProducts products = fixture.device().matrixProducts();
            Operation forward = products.forward(x, first, bias, Activation.RELU, hidden);
            Operation output = products.forward(hidden, second, null, Activation.NONE, y);
            Operation back = products.inputGradient(y, second, null, hidden, dHidden);
            Branch weights = new Branch(fixture.device(), side, products.weightGradient(x, dHidden, dFirst, dBias));
            Operation input = products.inputGradient(dHidden, first, x, null, dx);
            Operation step = new OperationSequence(List.of(forward, output, back, weights.fork(), input, weights.join()));
            Operation launched = captured ? fixture.device().capture("a layer", fixture.stream(), step) : step;
            for (int count = 0; count < STEPS; count++) {
                fixture.run(launched);
            }
            assertThat(products.bound()).extracting(CublasLtMatrixProducts.BoundProduct::epilogue)
                    .containsExactly("RELU_AUX_BIAS", "NONE", "DRELU", "BGRADA", "NONE");
            return new byte[][] {fixture.bytes(y), fixture.bytes(dx), fixture.bytes(dFirst), fixture.bytes(dBias)};
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16", "FLOAT16"})
    void aReplayHasTheBitsOfDirectLaunches(DataType type) {
        assertThat(results(type, true)).isDeepEqualTo(results(type, false));
    }
}
