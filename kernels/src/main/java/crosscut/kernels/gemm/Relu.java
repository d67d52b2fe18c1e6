package crosscut.kernels.gemm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@code max(value, 0)} in place; NaN stays NaN, so that a diverging model shows. */
final class Relu {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    private Relu() {
    }

    /** Treats {@code count} fp32 values from byte {@code at} on. */
    static void apply(MemorySegment values, long at, int count) {
        int index = 0;
        for (; index < SPECIES.loopBound(count); index += SPECIES.length()) {
            long offset = at + (long) index * Float.BYTES;
            FloatVector.fromMemorySegment(SPECIES, values, offset, ByteOrder.LITTLE_ENDIAN).max(0f).intoMemorySegment(values, offset, ByteOrder.LITTLE_ENDIAN);
        }
        for (; index < count; index++) {
            long offset = at + (long) index * Float.BYTES;
            values.set(ValueLayout.JAVA_FLOAT, offset, Math.max(values.get(ValueLayout.JAVA_FLOAT, offset), 0f));
        }
    }
}
