package crosscut.launcher.fetch;

import crosscut.engine.UserException;
import crosscut.kernels.device.ByteSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;

/**
 * The folder that libraries are unpacked into. A library gets its name by a rename once its size and checksum are those of the jar's directory, so a name stands
 * for a whole library; one process at a time works here.
 */
final class LibraryFolder implements AutoCloseable {

    private static final String UNFINISHED = ".unfinished";
    private static final int BUFFER_BYTES = 1 << 20;

    private final Path folder;
    private final FreeSpace space;
    private final FileChannel lockFile;

    /** Bytes that can still be written to a folder. */
    @FunctionalInterface
    interface FreeSpace {
        long in(Path folder) throws IOException;

        /** What the file system says. */
        static FreeSpace ofFileSystem() {
            return folder -> Files.getFileStore(folder).getUsableSpace();
        }
    }

    private LibraryFolder(Path folder, FreeSpace space, FileChannel lockFile) {
        this.folder = folder;
        this.space = space;
        this.lockFile = lockFile;
    }

    /**
     * Makes the folder where it is missing, and takes it.
     *
     * @throws UserException when it cannot be made or another process has it
     */
    static LibraryFolder take(Path folder, FreeSpace space) {
        try {
            Files.createDirectories(folder);
            FileChannel channel = FileChannel.open(folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!isLocked(channel)) {
                channel.close();
                throw new UserException("another fetch-cuda is writing to " + folder + "; wait for it to end");
            }
            LibraryFolder taken = new LibraryFolder(folder, space, channel);
            taken.removeUnfinished();
            return taken;
        } catch (IOException failed) {
            throw failure(folder, failed);
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException ofThisProcess) {
            return false;
        }
    }

    /** What a process that was killed has left. */
    private void removeUnfinished() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(file -> file.toString().endsWith(UNFINISHED)).toList()) {
                Files.delete(file);
            }
        }
    }

    Path path() {
        return folder;
    }

    /**
     * Makes sure that so much can be written.
     *
     * @param what for the message: {@code unpacking x.jar}
     * @throws UserException with the numbers when there is less
     */
    void require(long byteSize, String what) {
        try {
            long free = space.in(folder);
            if (free < byteSize) {
                throw new UserException(what + " needs " + ByteSize.text(byteSize) + " in " + folder + ", where " + ByteSize.text(free)
                        + " are free; make room, or name another folder by CROSSCUT_CACHE");
            }
        } catch (IOException failed) {
            throw failure(folder, failed);
        }
    }

    /**
     * Unpacks the libraries of a jar that are not here yet.
     *
     * @throws UserException when there is no room, or the jar is damaged
     */
    void unpack(CudaArchive archive, FetchProgress progress) {
        try {
            List<ZipEntry> libraries = archive.libraries();
            long missing = 0;
            for (ZipEntry library : libraries) {
                missing += isHere(library) ? 0 : library.getSize();
            }
            require(missing, "unpacking " + archive.jar());
            for (ZipEntry library : libraries) {
                if (isHere(library)) {
                    progress.present(CudaArchive.fileName(library));
                } else {
                    unpack(archive, library, progress);
                }
            }
        } catch (IOException failed) {
            throw failure(folder, failed);
        }
    }

    private boolean isHere(ZipEntry library) throws IOException {
        Path file = folder.resolve(CudaArchive.fileName(library));
        if (!Files.isRegularFile(file) || Files.size(file) != library.getSize()) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return copy(in, OutputStream.nullOutputStream(), written -> { }) == library.getCrc();
        }
    }

    private void unpack(CudaArchive archive, ZipEntry library, FetchProgress progress) throws IOException {
        String fileName = CudaArchive.fileName(library);
        Path unfinished = Files.createTempFile(folder, fileName, UNFINISHED);
        try {
            progress.started(fileName, library.getSize());
            long checksum;
            try (InputStream in = archive.zip().getInputStream(library); OutputStream out = Files.newOutputStream(unfinished)) {
                checksum = copy(in, out, progress::progressed);
            }
            if (Files.size(unfinished) != library.getSize() || checksum != library.getCrc()) {
                throw new UserException(archive.jar() + " is damaged: " + library.getName() + " has not the checksum of the jar's directory; get the jar anew");
            }
            Files.move(unfinished, folder.resolve(fileName), StandardCopyOption.ATOMIC_MOVE);
            progress.finished();
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** Copies all of it and returns its checksum. */
    private static long copy(InputStream in, OutputStream out, LongConsumer progress) throws IOException {
        CRC32 checksum = new CRC32();
        byte[] buffer = new byte[BUFFER_BYTES];
        long copied = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            out.write(buffer, 0, read);
            checksum.update(buffer, 0, read);
            copied += read;
            progress.accept(copied);
        }
        return checksum.getValue();
    }

    private static UserException failure(Path folder, IOException failed) {
        String reason = failed instanceof FileSystemException system && system.getReason() != null ? system.getReason() : failed.toString();
        return new UserException("cannot write libraries to " + folder + ": " + reason + "; CROSSCUT_CACHE can name another folder", failed);
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException failed) {
            throw failure(folder, failed);
        }
    }
}
