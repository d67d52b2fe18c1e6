package crosscut.launcher.supervisor;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The file through which the ranks of one run find each other: rank 0 binds a port that the system chooses, writes {@code host:port} under another name, renames
 * it to this one, and removes it when all have come. A port chosen by the supervisor could be taken by somebody else before rank 0 binds it.
 */
public final class Rendezvous {

    private static final int RANDOM_BYTES = 8;

    private Rendezvous() {
    }

    /** A name in the folder for temporary files that nobody can guess; nothing is created. */
    public static Path newFile() {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        return Path.of(System.getProperty("java.io.tmpdir"), "crosscut-" + HexFormat.of().formatHex(random)).toAbsolutePath();
    }
}
