package crosscut.kernels.optimizer;

import crosscut.kernels.device.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link UpdateRule} on contiguous fp32 parameters of host memory: the one loop that the dense optimizer and the row-wise update of embedding tables share.
 * Weights and moments are laid out alike, so one byte offset finds all three. The values after the last
 * whole vector go one by one, with the same operations and so the same rounding: masked vectors there would make the compiled loop too large for the JIT to
 * keep its vectors in registers (seen on JDK 25).
 */
public final class ParameterUpdate {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final UpdateRule rule;
    private final MemorySegment weights;
    private final MemorySegment firstMoments;
    private final MemorySegment secondMoments;
    private final float firstWeight;
    private final float secondWeight;
    private final float epsilon;
    private final Tensor step;
    private float stepSize;
    private float gradientScale;

    /**
     * Binds parameters.
     *
     * @param firstMoments null for SGD
     * @param secondMoments null for SGD
     * @param step (1, {@link UpdateRule#STEP_VALUES}) FLOAT32
     */
    public ParameterUpdate(UpdateRule rule, MemorySegment weights, MemorySegment firstMoments, MemorySegment secondMoments, Tensor step) {
        boolean adam = rule.kind() == UpdateRule.Kind.ADAM;
        if (adam && (firstMoments == null || secondMoments == null)) {
            throw new IllegalArgumentException("Adam needs memory for both moments");
        }
        UpdateRule.checkStep(step);
        this.rule = rule;
        this.firstWeight = rule.firstMomentWeight();
        this.secondWeight = rule.secondMomentWeight();
        this.epsilon = (float) rule.epsilon();
        this.weights = weights;
        this.firstMoments = adam ? firstMoments : null;
        this.secondMoments = adam ? secondMoments : null;
        this.step = step;
    }

    /**
     * Takes this step's values from the step tensor; whoever launches the op calls it before the workers start.
     *
     * @return false when the step says {@link UpdateRule#SKIP}: then {@link #apply} must not be called
     */
    public boolean readStep() {
        stepSize = step.hostSegment().get(ValueLayout.JAVA_FLOAT, step.byteOffset(0, UpdateRule.STEP_SIZE));
        gradientScale = step.hostSegment().get(ValueLayout.JAVA_FLOAT, step.byteOffset(0, UpdateRule.GRADIENT_SCALE));
        return step.hostSegment().get(ValueLayout.JAVA_FLOAT, step.byteOffset(0, UpdateRule.SKIP)) == 0;
    }

    /**
     * Updates {@code count} parameters.
     *
     * @param parameterOffset where they start in weights and moments, in bytes
     * @param gradientOffset where their fp32 gradients start in {@code gradients}, in bytes
     * @param divisor what the gradients are divided by, beside the step's gradient scale: the hotness of a mean, else 1
     */
    public void apply(long parameterOffset, MemorySegment gradients, long gradientOffset, int count, float divisor) {
        float factor = gradientScale / divisor;
        if (rule.kind() == UpdateRule.Kind.ADAM) {
            adam(parameterOffset, gradients, gradientOffset, count, factor);
        } else {
            gradientDescent(parameterOffset, gradients, gradientOffset, count, factor);
        }
    }

    private void adam(long parameterOffset, MemorySegment gradients, long gradientOffset, int count, float factor) {
        // Constants as vectors, and fields as locals, keep the loop small: where it grows too large for one compilation its vectors end up on the heap.
        FloatVector factors = FloatVector.broadcast(SPECIES, factor);
        FloatVector firstWeights = FloatVector.broadcast(SPECIES, firstWeight);
        FloatVector secondWeights = FloatVector.broadcast(SPECIES, secondWeight);
        FloatVector stepSizes = FloatVector.broadcast(SPECIES, stepSize);
        FloatVector epsilons = FloatVector.broadcast(SPECIES, epsilon);
        MemorySegment first = firstMoments;
        MemorySegment second = secondMoments;
        MemorySegment values = weights;
        int whole = SPECIES.loopBound(count);
        for (int index = 0; index < whole; index += SPECIES.length()) {
            long bytes = (long) index * Float.BYTES;
            long at = parameterOffset + bytes;
            FloatVector g = load(gradients, gradientOffset + bytes).mul(factors);
            FloatVector m = load(first, at);
            FloatVector v = load(second, at);
            m = m.add(g.sub(m).mul(firstWeights));
            v = v.add(g.mul(g).sub(v).mul(secondWeights));
            m.intoMemorySegment(first, at, ORDER);
            v.intoMemorySegment(second, at, ORDER);
            load(values, at).sub(m.mul(stepSizes).div(v.sqrt().add(epsilons))).intoMemorySegment(values, at, ORDER);
        }
        for (int index = whole; index < count; index++) {
            long bytes = (long) index * Float.BYTES;
            adamOnOne(parameterOffset + bytes, gradients.get(ValueLayout.JAVA_FLOAT, gradientOffset + bytes) * factor);
        }
    }

    private void adamOnOne(long at, float g) {
        float m = firstMoments.get(ValueLayout.JAVA_FLOAT, at);
        float v = secondMoments.get(ValueLayout.JAVA_FLOAT, at);
        m += (g - m) * firstWeight;
        v += (g * g - v) * secondWeight;
        firstMoments.set(ValueLayout.JAVA_FLOAT, at, m);
        secondMoments.set(ValueLayout.JAVA_FLOAT, at, v);
        float w = weights.get(ValueLayout.JAVA_FLOAT, at) - m * stepSize / ((float) Math.sqrt(v) + epsilon);
        weights.set(ValueLayout.JAVA_FLOAT, at, w);
    }

    private void gradientDescent(long parameterOffset, MemorySegment gradients, long gradientOffset, int count, float factor) {
        int whole = SPECIES.loopBound(count);
        for (int index = 0; index < whole; index += SPECIES.length()) {
            long bytes = (long) index * Float.BYTES;
            FloatVector g = load(gradients, gradientOffset + bytes).mul(factor);
            load(weights, parameterOffset + bytes).sub(g.mul(stepSize)).intoMemorySegment(weights, parameterOffset + bytes, ORDER);
        }
        for (int index = whole; index < count; index++) {
            long bytes = (long) index * Float.BYTES;
            float g = gradients.get(ValueLayout.JAVA_FLOAT, gradientOffset + bytes) * factor;
            float w = weights.get(ValueLayout.JAVA_FLOAT, parameterOffset + bytes) - g * stepSize;
            weights.set(ValueLayout.JAVA_FLOAT, parameterOffset + bytes, w);
        }
    }

    private static FloatVector load(MemorySegment segment, long offset) {
        return FloatVector.fromMemorySegment(SPECIES, segment, offset, ORDER);
    }
}
