package crosscut.launcher.supervisor;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * How the ranks of one run find each other: rank 0 listens on a port that the system chooses and leaves {@code host:port} in a file; nobody joins without the
 * secret. A port chosen by the supervisor could be taken by somebody else before rank 0 listens there.
 *
 * @param point path of a file that does not exist yet, whose name cannot be guessed; or {@code host:port}, which ranks on several machines are told
 * @param secret random text that only the ranks of this run get
 */
public record MeetingPlace(String point, String secret) {

    private static final int NAME_BYTES = 8;
    private static final int SECRET_BYTES = 32;

    /** A new one in the folder for temporary files. The file that rank 0 writes is removed when this process ends. */
    public static MeetingPlace create() {
        Path file = Path.of(System.getProperty("java.io.tmpdir"), "crosscut-" + random(NAME_BYTES)).toAbsolutePath();
        file.toFile().deleteOnExit();
        return new MeetingPlace(file.toString(), random(SECRET_BYTES));
    }

    private static String random(int bytes) {
        byte[] random = new byte[bytes];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** Leaves the secret out. */
    @Override
    public String toString() {
        return point;
    }
}
