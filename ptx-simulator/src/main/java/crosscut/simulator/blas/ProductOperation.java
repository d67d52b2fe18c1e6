package crosscut.simulator.blas;

import crosscut.simulator.driver.DeviceOperation;
import crosscut.simulator.driver.OperationAccess;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** A product as work of a stream. */
record ProductOperation(ProductShape shape, Algorithm algorithm, float alpha, float beta, ProductAddresses addresses, RandomGenerator random)
        implements DeviceOperation {

    @Override
    public String description() {
        return "cublasLtMatmul " + shape.m() + " x " + shape.n() + " x " + shape.k() + " " + shape.epilogue();
    }

    @Override
    public void execute(OperationAccess access) {
        DeviceMatrices device = new DeviceMatrices(access);
        if (algorithm.workspaceBytes(shape) > 0) {
            access.writes(addresses.workspace(), algorithm.workspaceBytes(shape));
            access.memory().view(addresses.workspace(), algorithm.workspaceBytes(shape));
        }
        FloatMatrix a = operand(device, shape.a(), addresses.a(), shape.isTransposedA());
        FloatMatrix b = operand(device, shape.b(), addresses.b(), shape.isTransposedB());
        FloatMatrix result = scaled(a, b);
        if (beta != 0) {
            addScaled(result, oriented(device.read(shape.c(), addresses.c()), shape.c().isRowMajor()));
        }
        finish(device, result, a, b);
        device.write(shape.d(), addresses.d(), oriented(result, shape.d().isRowMajor()));
    }

    /** op of an operand, in the precision that the product computes with. */
    private FloatMatrix operand(DeviceMatrices device, MatrixShape matrix, long address, boolean isTransposed) {
        FloatMatrix read = oriented(device.read(matrix, address), isTransposed != matrix.isRowMajor());
        return shape.compute() == ComputeType.TENSOR_FLOAT32 ? read.roundedToTensorFloat() : read;
    }

    private static FloatMatrix oriented(FloatMatrix matrix, boolean isTransposed) {
        return isTransposed ? matrix.transposed() : matrix;
    }

    private FloatMatrix scaled(FloatMatrix a, FloatMatrix b) {
        float[] sums = new float[Math.multiplyExact(shape.m(), shape.n())];
        int[] order = pieceOrder();
        float[] partial = order.length == 1 ? sums : new float[sums.length];
        for (int piece : order) {
            Arrays.fill(partial, 0);
            int from = (int) ((long) shape.k() * piece / order.length);
            BlockedProduct.add(a, b, from, (int) ((long) shape.k() * (piece + 1) / order.length), partial);
            if (partial != sums) {
                for (int index = 0; index < sums.length; index++) {
                    sums[index] += partial[index];
                }
            }
        }
        for (int index = 0; index < sums.length; index++) {
            sums[index] *= alpha;
        }
        return new FloatMatrix(shape.m(), shape.n(), sums);
    }

    /** The pieces of k in the order in which they are added; when that is in place it is another one every time. */
    private int[] pieceOrder() {
        int[] order = new int[algorithm.splits()];
        for (int piece = 0; piece < order.length; piece++) {
            int other = algorithm.reduction() == Algorithm.IN_PLACE ? random.nextInt(piece + 1) : piece;
            order[piece] = order[other];
            order[other] = piece;
        }
        return order;
    }

    private void addScaled(FloatMatrix result, FloatMatrix c) {
        for (int index = 0; index < result.values().length; index++) {
            result.values()[index] = Math.fma(beta, c.values()[index], result.values()[index]);
        }
    }

    private void finish(DeviceMatrices device, FloatMatrix result, FloatMatrix a, FloatMatrix b) {
        Epilogue epilogue = shape.epilogue();
        if (epilogue.addsBias()) {
            addBias(result, device.readVector(shape.d().type(), addresses.bias(), shape.m()));
        }
        if (epilogue.readsMask()) {
            device.readMask(addresses.mask(), shape).apply(result);
        }
        if (epilogue.writesMask()) {
            device.writeMask(addresses.mask(), shape).write(result);
        }
        if (epilogue.clampsNegatives()) {
            clampNegatives(result.values());
        }
        switch (epilogue) {
            case DRELU_BGRAD -> device.writeVector(shape.d().type(), addresses.bias(), rowSums(result));
            case BGRADA -> device.writeVector(shape.d().type(), addresses.bias(), rowSums(a));
            case BGRADB -> device.writeVector(shape.d().type(), addresses.bias(), rowSums(b.transposed()));
            default -> { }
        }
    }

    private static void addBias(FloatMatrix result, float[] bias) {
        for (int column = 0; column < result.columns(); column++) {
            for (int row = 0; row < result.rows(); row++) {
                result.values()[column * result.rows() + row] += bias[row];
            }
        }
    }

    /** NaN stays NaN, as in the library. */
    private static void clampNegatives(float[] values) {
        for (int index = 0; index < values.length; index++) {
            if (values[index] < 0) {
                values[index] = 0;
            }
        }
    }

    private static float[] rowSums(FloatMatrix matrix) {
        float[] sums = new float[matrix.rows()];
        for (int column = 0; column < matrix.columns(); column++) {
            for (int row = 0; row < matrix.rows(); row++) {
                sums[row] += matrix.values()[column * matrix.rows() + row];
            }
        }
        return sums;
    }
}
