package crosscut.engine.train;

import crosscut.kernels.device.Bfloat16;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Brings the logits and labels of a pass to the host, as floats, without allocating. */
final class ScoreReader implements AutoCloseable {

    private final Device device;
    private final Tensor logits;
    private final Tensor labels;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment logitsOnHost;
    private final MemorySegment labelsOnHost;
    private final float[] scores;
    private final boolean[] positive;

    ScoreReader(Device device, Tensor logits, Tensor labels) {
        this.device = device;
        this.logits = logits;
        this.labels = labels;
        int batch = Math.toIntExact(logits.rows());
        logitsOnHost = arena.allocate((long) batch * logits.type().byteSize(), Float.BYTES);
        labelsOnHost = arena.allocate((long) batch * Float.BYTES, Float.BYTES);
        scores = new float[batch];
        positive = new boolean[batch];
    }

    /** Reads the first {@code rows} samples of what the pass holds now. */
    void read(int rows) {
        device.read(logits.memory(), logits.byteOffset(), logitsOnHost);
        device.read(labels.memory(), labels.byteOffset(), labelsOnHost);
        DataType type = logits.type();
        for (int row = 0; row < rows; row++) {
            scores[row] = switch (type) {
                case FLOAT32 -> logitsOnHost.getAtIndex(ValueLayout.JAVA_FLOAT, row);
                case BFLOAT16 -> Bfloat16.toFloat(logitsOnHost.getAtIndex(ValueLayout.JAVA_SHORT, row));
                case FLOAT16 -> Float.float16ToFloat(logitsOnHost.getAtIndex(ValueLayout.JAVA_SHORT, row));
                default -> throw new IllegalStateException("logits are " + logits.shape());
            };
            positive[row] = labelsOnHost.getAtIndex(ValueLayout.JAVA_FLOAT, row) != 0f;
        }
    }

    /** Logits of the newest {@link #read}; entries past its rows are left over. */
    float[] scores() {
        return scores;
    }

    /** Labels of the newest {@link #read}. */
    boolean[] positive() {
        return positive;
    }

    @Override
    public void close() {
        arena.close();
    }
}
