package crosscut.simulator.blas;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A matrix as fp32 numbers in column-major order without gaps.
 *
 * @param values element (row, column) at {@code column * rows + row}
 */
record FloatMatrix(int rows, int columns, float[] values) {

    /** Reads a matrix from device memory. */
    static FloatMatrix read(MemorySegment memory, MatrixShape shape) {
        float[] values = new float[Math.multiplyExact(shape.rows(), shape.columns())];
        short[] halves = new short[shape.type() == ElementType.FLOAT32 ? 0 : shape.rows()];
        for (int column = 0; column < shape.columns(); column++) {
            long offset = column * shape.strideBytes();
            int at = column * shape.rows();
            if (shape.type() == ElementType.FLOAT32) {
                MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT_UNALIGNED, offset, values, at, shape.rows());
            } else {
                MemorySegment.copy(memory, ValueLayout.JAVA_SHORT_UNALIGNED, offset, halves, 0, shape.rows());
                for (int row = 0; row < shape.rows(); row++) {
                    values[at + row] = shape.type().toFloat(halves[row]);
                }
            }
        }
        return new FloatMatrix(shape.rows(), shape.columns(), values);
    }

    /** Rounds to the matrix's type and stores. */
    void write(MemorySegment memory, MatrixShape shape) {
        short[] halves = new short[shape.type() == ElementType.FLOAT32 ? 0 : rows];
        for (int column = 0; column < columns; column++) {
            long offset = column * shape.strideBytes();
            int at = column * rows;
            if (shape.type() == ElementType.FLOAT32) {
                MemorySegment.copy(values, at, memory, ValueLayout.JAVA_FLOAT_UNALIGNED, offset, rows);
            } else {
                for (int row = 0; row < rows; row++) {
                    halves[row] = shape.type().fromFloat(values[at + row]);
                }
                MemorySegment.copy(halves, 0, memory, ValueLayout.JAVA_SHORT_UNALIGNED, offset, rows);
            }
        }
    }

    FloatMatrix transposed() {
        float[] turned = new float[values.length];
        for (int column = 0; column < columns; column++) {
            for (int row = 0; row < rows; row++) {
                turned[row * columns + column] = values[column * rows + row];
            }
        }
        return new FloatMatrix(columns, rows, turned);
    }

    FloatMatrix roundedToTensorFloat() {
        float[] rounded = new float[values.length];
        for (int index = 0; index < values.length; index++) {
            rounded[index] = ElementType.toTensorFloat(values[index]);
        }
        return new FloatMatrix(rows, columns, rounded);
    }
}
