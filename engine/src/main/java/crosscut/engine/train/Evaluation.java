package crosscut.engine.train;

import java.nio.ByteBuffer;

/**
 * Result over all evaluated samples.
 *
 * @param auc exact area under the ROC curve, ties counted half
 * @param thresholdAuc the reference's approximation with buckets
 * @param loss mean binary cross entropy
 * @param samples how many
 * @param seconds wall time
 */
public record Evaluation(double auc, double thresholdAuc, double loss, long samples, double seconds) {

    private static final int BYTES = 4 * Double.BYTES + Long.BYTES;

    /** For the other ranks. */
    byte[] toBytes() {
        return ByteBuffer.allocate(BYTES).putDouble(auc).putDouble(thresholdAuc).putDouble(loss).putLong(samples).putDouble(seconds).array();
    }

    /** From {@link #toBytes}. */
    static Evaluation fromBytes(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Evaluation(buffer.getDouble(), buffer.getDouble(), buffer.getDouble(), buffer.getLong(), buffer.getDouble());
    }
}
