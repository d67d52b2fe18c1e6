package crosscut.kernels.batch;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;

/**
 * Turns raw batches into what the model reads, in three parts: {@link #upload} brings a batch to the device, {@link #decode} works there on the batch that was
 * uploaded last, {@link #check} tells the host what was wrong with the batches since the last check. One thread calls upload and then launches decode, for every
 * batch and on one stream.
 */
public interface Decoder extends AutoCloseable {

    /**
     * Enqueues the copy of the source's current batch to the device. Never part of a capture: the batch has another address every time. The batch may be
     * refilled when one launch of {@link #decode} after it has run. On the CPU there is nothing to bring.
     *
     * @param stream what {@link #decode} is launched on next
     */
    void upload(Stream stream);

    /**
     * The op that decodes the batch uploaded last; may be captured. On the CPU launching it throws what {@link #check} throws elsewhere.
     */
    Operation decode();

    /** {@link #check(int)} of all batches. */
    default void check() {
        check(0);
    }

    /**
     * Looks for bad values among the batches decoded since the last check; call it after waiting for their decoding. A bad id was decoded as id 0, so that no
     * later op leaves its table; bad labels and numerical values were decoded as they are. Of several bad values the earliest batch's is reported, there the
     * first table's, then the labels', then the numerical features', and there the first sample's: the same one in every run.
     *
     * @param batchesAhead how many of the newest batches nobody has used yet: what is wrong with them is left to a later check
     * @throws InvalidSampleException naming feature, sample and value
     */
    void check(int batchesAhead);

    /** Frees what was allocated for the decoder. Closing twice does nothing. */
    @Override
    void close();
}
