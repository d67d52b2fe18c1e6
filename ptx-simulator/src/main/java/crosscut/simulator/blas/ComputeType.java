package crosscut.simulator.blas;

import java.util.Optional;
import java.util.stream.Stream;

/** How products are computed: cublasComputeType_t. */
enum ComputeType {

    /** Operands as they are, sums in fp32. */
    FLOAT32(68),
    /** The same without shortcuts; here there are none anyway. */
    FLOAT32_PEDANTIC(69),
    /** fp32 operands rounded to the 10 mantissa bits of TF32, sums in fp32. */
    TENSOR_FLOAT32(77);

    private final int code;

    ComputeType(int code) {
        this.code = code;
    }

    static Optional<ComputeType> of(long code) {
        return Stream.of(values()).filter(type -> type.code == code).findFirst();
    }
}
