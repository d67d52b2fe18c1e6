package crosscut.kernels.gemm;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** How row-major products become column-major ones. */
class CublasLtProblemTest {

    /** Memory that nobody reads. */
    private record Place(long address) implements DeviceMemory {

        @Override
        public String owner() {
            return "test";
        }

        @Override
        public long byteSize() {
            return 1L << 30;
        }

        @Override
        public MemorySegment hostSegment() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            // Nothing is there.
        }
    }

    private static Tensor tensor(long address, DataType type, long rows, int columns, int stride) {
        return new Tensor(new Place(address), 0, type, rows, columns, stride);
    }

    private final Tensor x = tensor(0x1000, DataType.BFLOAT16, 70, 13, 16);
    private final Tensor w = tensor(0x2002, DataType.BFLOAT16, 13, 50, 50);
    private final Tensor y = tensor(0x3000, DataType.BFLOAT16, 70, 50, 64);

    @Test
    void theRightOperandComesFirst() {
        CublasLtProblem forward = CublasLtProblem.of(ProductTerms.forward(x, w, null, DataType.FLOAT32, Activation.NONE, y), Epilogue.NONE);
        assertThat(forward.key()).isEqualTo("50x70x13 BFLOAT16/50@2N BFLOAT16/16@256N = BFLOAT16/64@256");
        assertThat(forward.maskStride()).isEqualTo(128);
        assertThat(forward.maskBytes()).isEqualTo(16 * 70);
        CublasLtProblem inputGradient = CublasLtProblem.of(ProductTerms.inputGradient(y, w, x, null, x), Epilogue.NONE);
        assertThat(inputGradient.key()).isEqualTo("13x70x50 BFLOAT16/50@2T BFLOAT16/64@256N + BFLOAT16/16@256 = BFLOAT16/16@256");
        CublasLtProblem weightGradient = CublasLtProblem.of(
                ProductTerms.weightGradient(x, y, tensor(0x4010, DataType.FLOAT32, 13, 50, 50), null), Epilogue.BGRADA);
        assertThat(weightGradient.key()).isEqualTo("50x13x70 BFLOAT16/64@256N BFLOAT16/16@256T = FLOAT32/50@16");
        assertThat(weightGradient.vectorType()).isEqualTo(DataType.FLOAT32);
    }
}
