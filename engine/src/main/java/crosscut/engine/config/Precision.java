package crosscut.engine.config;

import crosscut.kernels.device.DataType;

/** In what type activations and the operands of matrix products are kept. Tables, moments, biases and sums are fp32 always. */
public enum Precision {
    FP32(DataType.FLOAT32),
    /** fp32 in memory; matrix products round their operands to TF32. Only GPUs have it. */
    TF32(DataType.FLOAT32),
    /** With a loss scale, as gradients fall out of its range otherwise. Only GPUs have it. */
    FP16(DataType.FLOAT16),
    BF16(DataType.BFLOAT16);

    private final DataType computeType;

    Precision(DataType computeType) {
        this.computeType = computeType;
    }

    /** Element type of activations and of the weights as matrix products read them. */
    public DataType computeType() {
        return computeType;
    }

    /** Whether training needs a loss scale. */
    public boolean needsLossScale() {
        return this == FP16;
    }
}
