package crosscut.engine.checkpoint;

import java.util.List;

/**
 * The JSON beside the tensors: the training's state and the checksums of the files.
 *
 * @param formatVersion of this record
 * @param state everything that is not a tensor
 * @param files the tensor files
 */
record Manifest(int formatVersion, TrainingState state, List<TensorFile> files) {

    /** Raised when a reader of the old version could not read the new one. */
    static final int CURRENT_FORMAT = 1;

    /** The manifest's name in a checkpoint folder. */
    static final String FILE_NAME = "manifest.json";

    Manifest {
        files = List.copyOf(files);
    }

    /**
     * One tensor file.
     *
     * @param name in the checkpoint folder
     * @param bytes its size
     * @param crc32c its checksum, hexadecimal
     */
    record TensorFile(String name, long bytes, String crc32c) {}
}
