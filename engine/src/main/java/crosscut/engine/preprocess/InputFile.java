package crosscut.engine.preprocess;

import crosscut.engine.UserException;
import crosscut.engine.data.FileFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A source file that exists, can be read and is not empty.
 *
 * @param bytes on disk
 */
record InputFile(Path path, long bytes, Packing packing) {

    /** What the first bytes say, whatever the name ends in. */
    enum Packing {
        NONE, GZIP, PARQUET
    }

    private static final byte[] PARQUET_MAGIC = {'P', 'A', 'R', '1'};

    /** Throws {@link UserException} when there is no such readable, non-empty file or its packing is not supported. */
    static InputFile open(Path path) {
        if (Files.isDirectory(path)) {
            throw new UserException(path + " is a folder: name the files in it");
        }
        try (InputStream stream = Files.newInputStream(path)) {
            byte[] start = stream.readNBytes(4);
            if (start.length == 0) {
                throw new UserException(path + " is empty (0 bytes)");
            }
            return new InputFile(path.toAbsolutePath().normalize(), Files.size(path), packing(path, start));
        } catch (IOException failure) {
            throw new UserException("cannot read " + path + ": " + FileFailure.reasonFor(path, failure), failure);
        }
    }

    /** Short name for stages and messages. */
    String name() {
        return path.getFileName().toString();
    }

    /** Identifies the content well enough to tell whether a resumed run reads the same file. */
    String identity() {
        try {
            return path + " (" + bytes + " bytes of " + Files.getLastModifiedTime(path) + ")";
        } catch (IOException failure) {
            throw new UserException("cannot read " + path + ": " + FileFailure.reasonFor(path, failure), failure);
        }
    }

    private static Packing packing(Path path, byte[] start) {
        if (Arrays.equals(start, PARQUET_MAGIC)) {
            return Packing.PARQUET;
        }
        String magic = HexFormat.of().formatHex(start);
        if (magic.startsWith("1f8b")) {
            return Packing.GZIP;
        }
        String foreign = switch (magic) {
            case "504b0304" -> "zip";
            case "28b52ffd" -> "zstd";
            case "fd377a58" -> "xz";
            default -> magic.startsWith("425a68") ? "bzip2" : null;
        };
        if (foreign != null) {
            throw new UserException(path + " is packed with " + foreign + ": unpack it, or pack it with gzip");
        }
        return Packing.NONE;
    }
}
