package crosscut.simulator.blas;

import crosscut.simulator.driver.OperationAccess;
import java.lang.foreign.MemorySegment;

/** Matrices, vectors and masks in device memory; every access is bounds-checked, held to be initialised, and noted for the order of streams. */
final class DeviceMatrices {

    private final OperationAccess access;

    DeviceMatrices(OperationAccess access) {
        this.access = access;
    }

    FloatMatrix read(MatrixShape shape, long address) {
        noteReads(address, shape.columnBytes(), shape.strideBytes(), shape.columns());
        return FloatMatrix.read(view(address, shape.columnBytes(), shape.strideBytes(), shape.columns()), shape);
    }

    void write(MatrixShape shape, long address, FloatMatrix values) {
        values.write(view(address, shape.columnBytes(), shape.strideBytes(), shape.columns()), shape);
        noteWrites(address, shape.columnBytes(), shape.strideBytes(), shape.columns());
    }

    float[] readVector(ElementType type, long address, int length) {
        return read(vector(type, length), address).values();
    }

    void writeVector(ElementType type, long address, float[] values) {
        write(vector(type, values.length), address, new FloatMatrix(values.length, 1, values));
    }

    private static MatrixShape vector(ElementType type, int length) {
        return new MatrixShape(type, length, 1, length, false);
    }

    ReluMask readMask(long address, ProductShape shape) {
        noteReads(address, ReluMask.columnBytes(shape.m()), shape.maskLeadingDimension() / Byte.SIZE, shape.n());
        return mask(address, shape);
    }

    ReluMask writeMask(long address, ProductShape shape) {
        ReluMask mask = mask(address, shape);
        noteWrites(address, ReluMask.columnBytes(shape.m()), shape.maskLeadingDimension() / Byte.SIZE, shape.n());
        return mask;
    }

    private ReluMask mask(long address, ProductShape shape) {
        long strideBits = shape.maskLeadingDimension();
        return new ReluMask(view(address, ReluMask.columnBytes(shape.m()), strideBits / Byte.SIZE, shape.n()), strideBits);
    }

    private MemorySegment view(long address, long columnBytes, long strideBytes, int columns) {
        return access.memory().view(address, strideBytes * (columns - 1) + columnBytes);
    }

    private void noteReads(long address, long columnBytes, long strideBytes, int columns) {
        boolean isDense = columnBytes == strideBytes;
        for (int column = 0; column < (isDense ? 1 : columns); column++) {
            long bytes = isDense ? columnBytes * columns : columnBytes;
            access.memory().requireWritten(address + column * strideBytes, bytes);
            access.reads(address + column * strideBytes, bytes);
        }
    }

    private void noteWrites(long address, long columnBytes, long strideBytes, int columns) {
        boolean isDense = columnBytes == strideBytes;
        for (int column = 0; column < (isDense ? 1 : columns); column++) {
            long bytes = isDense ? columnBytes * columns : columnBytes;
            access.memory().markWritten(address + column * strideBytes, bytes);
            access.writes(address + column * strideBytes, bytes);
        }
    }
}
