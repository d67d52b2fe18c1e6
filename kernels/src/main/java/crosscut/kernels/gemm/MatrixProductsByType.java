package crosscut.kernels.gemm;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;

/** One implementation for FLOAT32 and another for BFLOAT16: oneDNN emulates bf16 on CPUs without bf16 units, several times slower than Java widens it. */
final class MatrixProductsByType implements CpuMatrixProducts {

    private final CpuMatrixProducts float32;
    private final CpuMatrixProducts bfloat16;

    MatrixProductsByType(CpuMatrixProducts float32, CpuMatrixProducts bfloat16) {
        this.float32 = float32;
        this.bfloat16 = bfloat16;
    }

    private CpuMatrixProducts of(Tensor tensor) {
        return tensor.type() == DataType.BFLOAT16 ? bfloat16 : float32;
    }

    @Override
    public String description() {
        return float32.description() + "; bf16 through " + bfloat16.description() + ", as this CPU has no bf16 units";
    }

    @Override
    public Operation forward(Tensor x, Tensor w, Tensor bias, Activation activation, Tensor y, FixedWeights fixed) {
        return of(x).forward(x, w, bias, activation, y, fixed);
    }

    @Override
    public Operation inputGradient(Tensor dy, Tensor w, Tensor residual, Tensor reluOutput, Tensor dx) {
        return of(dy).inputGradient(dy, w, residual, reluOutput, dx);
    }

    @Override
    public Operation weightGradient(Tensor x, Tensor dy, Tensor dw, Tensor db) {
        return of(x).weightGradient(x, dy, dw, db);
    }

    @Override
    public void close() {
        float32.close();
        bfloat16.close();
    }
}
