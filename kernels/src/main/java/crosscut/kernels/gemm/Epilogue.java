package crosscut.kernels.gemm;

import crosscut.bindings.cublaslt.CublasLtConstants;

/** What cuBLASLt does to a product on its way to memory. */
enum Epilogue {

    NONE(CublasLtConstants.EPILOGUE_DEFAULT),
    RELU(CublasLtConstants.EPILOGUE_RELU),
    BIAS(CublasLtConstants.EPILOGUE_BIAS),
    RELU_BIAS(CublasLtConstants.EPILOGUE_RELU_BIAS),
    /** ReLU that also writes one bit per element: whether it was above 0. */
    RELU_AUX(CublasLtConstants.EPILOGUE_RELU_AUX),
    RELU_AUX_BIAS(CublasLtConstants.EPILOGUE_RELU_AUX_BIAS),
    /** Sets to 0 what has no bit in the mask that a RELU_AUX wrote. */
    DRELU(CublasLtConstants.EPILOGUE_DRELU),
    /** Also sums the first operand over the depth of the product: the bias gradient. */
    BGRADA(CublasLtConstants.EPILOGUE_BGRADA);

    private final int value;

    Epilogue(int value) {
        this.value = value;
    }

    /** Its number in {@code cublasLtEpilogue_t}. */
    int value() {
        return value;
    }

    static Epilogue ofForward(boolean hasBias, Activation activation, boolean writesMask) {
        if (activation == Activation.NONE) {
            return hasBias ? BIAS : NONE;
        }
        if (writesMask) {
            return hasBias ? RELU_AUX_BIAS : RELU_AUX;
        }
        return hasBias ? RELU_BIAS : RELU;
    }

    /** True when it reads or writes one bit per element of the result. */
    boolean usesMask() {
        return this == RELU_AUX || this == RELU_AUX_BIAS || this == DRELU;
    }

    /** True when it reads or writes one value per column of the row-major result. */
    boolean usesVector() {
        return this == BIAS || this == RELU_BIAS || this == RELU_AUX_BIAS || this == BGRADA;
    }
}
