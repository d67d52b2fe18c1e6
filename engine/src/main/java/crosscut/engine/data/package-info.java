/**
 * From bytes on disk to a filled {@link crosscut.kernels.batch.RawBatch}: the feature spec, the sources of samples (tf_raw files or synthetic), the prefetching
 * reader, and the writer of tf_raw folders.
 *
 * <p>Rule of the room: a sample is known by its index alone; nothing here knows what a model is. What people run from the command line is in {@code tools}.
 */
package crosscut.engine.data;
