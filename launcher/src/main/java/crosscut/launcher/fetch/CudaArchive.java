package crosscut.launcher.fetch;

import crosscut.engine.UserException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A jar that carries libraries of CUDA, of which we want cuBLASLt, NCCL and NVRTC. */
final class CudaArchive implements AutoCloseable {

    private static final Pattern WANTED = Pattern.compile("(.*/)?lib((cublasLt|nccl|nvrtc)\\.so\\.\\d+|nvrtc-builtins\\.so\\.\\d+\\.\\d+)");

    private final Path jar;
    private final ZipFile zip;

    private CudaArchive(Path jar, ZipFile zip) {
        this.jar = jar;
        this.zip = zip;
    }

    /**
     * Opens a jar.
     *
     * @throws UserException when it cannot be read
     */
    static CudaArchive open(Path jar) {
        try {
            return new CudaArchive(jar, new ZipFile(jar.toFile()));
        } catch (NoSuchFileException missing) {
            throw new UserException("no such jar: " + jar, missing);
        } catch (IOException unreadable) {
            throw new UserException("cannot read " + jar + " as a jar: " + unreadable.getMessage(), unreadable);
        }
    }

    Path jar() {
        return jar;
    }

    ZipFile zip() {
        return zip;
    }

    /**
     * The libraries in it that we want, by name.
     *
     * @throws UserException when there is none
     */
    List<ZipEntry> libraries() {
        List<ZipEntry> found = zip.stream().filter(entry -> !entry.isDirectory() && WANTED.matcher(entry.getName()).matches()).map(ZipEntry.class::cast)
                .sorted(Comparator.comparing(CudaArchive::fileName)).toList();
        if (found.isEmpty()) {
            throw new UserException(jar + " holds no libcublasLt.so, libnccl.so or libnvrtc.so; wanted is a jar like that of " + MavenJar.ARTIFACT);
        }
        return found;
    }

    /** The file that an entry becomes. */
    static String fileName(ZipEntry entry) {
        return entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException failed) {
            throw new UserException("cannot read " + jar + " to its end: " + failed.getMessage(), failed);
        }
    }
}
