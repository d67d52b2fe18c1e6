package crosscut.simulator.blas;

import java.util.Optional;
import java.util.stream.Stream;

/** What is done with the product before it is stored: cublasLtEpilogue_t, without GELU. */
enum Epilogue {

    DEFAULT(1), RELU(2), BIAS(4), RELU_BIAS(6), RELU_AUX(130), RELU_AUX_BIAS(134), DRELU(136), DRELU_BGRAD(152), BGRADA(256), BGRADB(512);

    private final int code;

    Epilogue(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static Optional<Epilogue> of(long code) {
        return Stream.of(values()).filter(epilogue -> epilogue.code == code).findFirst();
    }

    boolean addsBias() {
        return this == BIAS || this == RELU_BIAS || this == RELU_AUX_BIAS;
    }

    boolean clampsNegatives() {
        return this == RELU || this == RELU_BIAS || writesMask();
    }

    boolean writesMask() {
        return this == RELU_AUX || this == RELU_AUX_BIAS;
    }

    boolean readsMask() {
        return this == DRELU || this == DRELU_BGRAD;
    }

    boolean writesBiasGradient() {
        return this == DRELU_BGRAD || this == BGRADA || this == BGRADB;
    }

    /** Whether the bias pointer is used. */
    boolean hasBiasVector() {
        return addsBias() || writesBiasGradient();
    }

    /** Whether the auxiliary matrix of bits is used. */
    boolean hasMask() {
        return writesMask() || readsMask();
    }
}
