package crosscut.bindings;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A folder for files that can be made again.
 *
 * @param path the folder; need not exist
 * @param isInSharedFolder true when other users can write beside it, so that a folder found there must be proven to be ours
 */
public record CacheFolder(Path path, boolean isInSharedFolder) {

    /** Environment variable that names the folder. */
    public static final String VARIABLE = "CROSSCUT_CACHE";

    /**
     * The folders of this user, in the order in which they are tried: {@code $CROSSCUT_CACHE}, else {@code $XDG_CACHE_HOME/crosscut}, else
     * {@code ~/.cache/crosscut}; after it a folder of this user's below {@code java.io.tmpdir}.
     */
    public static List<CacheFolder> ofUser(UnaryOperator<String> environment) {
        List<CacheFolder> folders = new ArrayList<>();
        String home = System.getProperty("user.home");
        if (isSet(environment.apply(VARIABLE))) {
            folders.add(new CacheFolder(Path.of(environment.apply(VARIABLE)).toAbsolutePath(), false));
        } else if (isSet(environment.apply("XDG_CACHE_HOME"))) {
            folders.add(new CacheFolder(Path.of(environment.apply("XDG_CACHE_HOME"), "crosscut").toAbsolutePath(), false));
        } else if (isSet(home) && !home.equals("?")) {
            folders.add(new CacheFolder(Path.of(home, ".cache", "crosscut").toAbsolutePath(), false));
        }
        String user = System.getProperty("user.name").replaceAll("[^A-Za-z0-9_.-]", "_");
        folders.add(new CacheFolder(Path.of(System.getProperty("java.io.tmpdir"), "crosscut-" + user).toAbsolutePath(), true));
        return folders;
    }

    private static boolean isSet(String value) {
        return value != null && !value.isBlank();
    }

    /**
     * Creates the folder where it is missing.
     *
     * @throws IOException when it cannot be created, or when it lies in a shared folder and another user could have put files there
     */
    void create() throws IOException {
        if (!isInSharedFolder) {
            Files.createDirectories(path);
            return;
        }
        try {
            Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException exists) {
            requireOwn();
        }
    }

    private void requireOwn() throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
        boolean own = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                && Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(Path.of("/proc/self/")))
                && !permissions.contains(PosixFilePermission.GROUP_WRITE)
                && !permissions.contains(PosixFilePermission.OTHERS_WRITE);
        if (!own) {
            throw new IOException(path + " is not a folder that only this user can write; remove it or set " + VARIABLE);
        }
    }
}
