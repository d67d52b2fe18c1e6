package crosscut.kernels.gemm;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.bindings.LibraryLoader;
import crosscut.bindings.LoadReport;
import crosscut.bindings.cublaslt.CublasLt;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

    /** Which attributes there are and how wide each is, the library checks without a GPU. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16", "FLOAT16"})
    void installedLibraryTakesEveryDescription(DataType type) {
        LoadReport report = CublasLt.find(new LibraryLoader());
        Assumptions.assumeTrue(report.isLoaded(), () -> "no cuBLASLt on this machine: " + report.candidates());
        CublasLt library = new CublasLt(report.require());
        Tensor input = tensor(0x1000, type, 70, 13, 16);
        Tensor weights = tensor(0x2000, type, 13, 50, 50);
        Tensor output = tensor(0x3000, type, 70, 50, 64);
        List<ProductTerms> products = List.of(ProductTerms.forward(input, weights, null, type, Activation.NONE, output),
                ProductTerms.inputGradient(output, weights, input, null, input),
                ProductTerms.weightGradient(input, output, tensor(0x4000, DataType.FLOAT32, 13, 50, 50), null));
        for (Epilogue epilogue : Epilogue.values()) {
            for (ProductTerms product : products) {
                for (boolean usesTf32 : new boolean[] {false, true}) {
                    try (CublasLtDescriptors descriptors = new CublasLtDescriptors(library, CublasLtProblem.of(product, epilogue), usesTf32, 0x5000, 0x6000)) {
                        assertThat(List.of(descriptors.operation(), descriptors.first(), descriptors.second(), descriptors.addend(), descriptors.result()))
                                .doesNotContain(0L).doesNotHaveDuplicates();
                    }
                }
            }
        }
    }
}
