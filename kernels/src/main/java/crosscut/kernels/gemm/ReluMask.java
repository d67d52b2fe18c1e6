package crosscut.kernels.gemm;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Backward of ReLU: sets a gradient to 0 wherever the output of the ReLU was not above 0. */
final class ReluMask implements BlockPass {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    /** Bits of bf16 infinity; what is larger is not a number. As signed integers, positive bf16 numbers have the order of their bits. */
    private static final short BFLOAT16_INFINITY = 0x7f80;

    private final Tensor output;
    private final Tensor gradient;
    private final MemorySegment outputs;
    private final MemorySegment gradients;

    /** Both tensors have one shape and one type, FLOAT32 or BFLOAT16. */
    ReluMask(Tensor output, Tensor gradient) {
        this.output = output;
        this.gradient = gradient;
        outputs = output.hostSegment();
        gradients = gradient.hostSegment();
    }

    @Override
    public void apply(long row, int rows, int column, int columns) {
        for (long r = row; r < row + rows; r++) {
            if (gradient.type() == DataType.FLOAT32) {
                maskFloat32(output.byteOffset(r, column), gradient.byteOffset(r, column), columns);
            } else {
                maskBfloat16(output.byteOffset(r, column), gradient.byteOffset(r, column), columns);
            }
        }
    }

    private void maskFloat32(long outputAt, long gradientAt, int columns) {
        int c = 0;
        for (; c < FLOATS.loopBound(columns); c += FLOATS.length()) {
            long offset = (long) c * Float.BYTES;
            FloatVector out = FloatVector.fromMemorySegment(FLOATS, outputs, outputAt + offset, ByteOrder.LITTLE_ENDIAN);
            FloatVector in = FloatVector.fromMemorySegment(FLOATS, gradients, gradientAt + offset, ByteOrder.LITTLE_ENDIAN);
            FloatVector.zero(FLOATS).blend(in, out.compare(VectorOperators.GT, 0f)).intoMemorySegment(gradients, gradientAt + offset, ByteOrder.LITTLE_ENDIAN);
        }
        for (; c < columns; c++) {
            long offset = (long) c * Float.BYTES;
            if (!(outputs.get(FLOAT, outputAt + offset) > 0)) {
                gradients.set(FLOAT, gradientAt + offset, 0f);
            }
        }
    }

    private void maskBfloat16(long outputAt, long gradientAt, int columns) {
        int c = 0;
        for (; c < SHORTS.loopBound(columns); c += SHORTS.length()) {
            long offset = (long) c * Short.BYTES;
            ShortVector out = ShortVector.fromMemorySegment(SHORTS, outputs, outputAt + offset, ByteOrder.LITTLE_ENDIAN);
            ShortVector in = ShortVector.fromMemorySegment(SHORTS, gradients, gradientAt + offset, ByteOrder.LITTLE_ENDIAN);
            ShortVector positive = ShortVector.zero(SHORTS).blend(in, out.compare(VectorOperators.GT, (short) 0));
            positive.blend((short) 0, out.compare(VectorOperators.GT, BFLOAT16_INFINITY))
                    .intoMemorySegment(gradients, gradientAt + offset, ByteOrder.LITTLE_ENDIAN);
        }
        for (; c < columns; c++) {
            long offset = (long) c * Short.BYTES;
            short out = outputs.get(SHORT, outputAt + offset);
            if (out <= 0 || out > BFLOAT16_INFINITY) {
                gradients.set(SHORT, gradientAt + offset, (short) 0);
            }
        }
    }
}
