package crosscut.engine.config;

import crosscut.kernels.device.DataType;

/** In what type activations and the operands of matrix products are kept. Tables, moments, biases and sums are fp32 always. */
public enum Precision {
    FP32(DataType.FLOAT32),
    BF16(DataType.BFLOAT16);

    private final DataType computeType;

    Precision(DataType computeType) {
        this.computeType = computeType;
    }

    /** Element type of activations and of the weights as matrix products read them. */
    public DataType computeType() {
        return computeType;
    }
}
