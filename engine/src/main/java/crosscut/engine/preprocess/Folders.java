package crosscut.engine.preprocess;

import crosscut.engine.UserException;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FileFailure;
import crosscut.engine.preprocess.PreprocessOptions.ExistingOutput;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/**
 * Where a run keeps its files: {@code NAME.unfinished} beside the output grows into it and is renamed at the end; {@code NAME.preprocess}, in the temporary folder,
 * holds the journal and what is only needed on the way. One run at a time may hold them.
 */
final class Folders implements AutoCloseable {

    private final Path output;
    private final Path unfinished;
    private final Path work;
    private FileChannel lockFile;
    private boolean published;

    private Folders(Path output, Path work) {
        this.output = output;
        this.unfinished = DurableFiles.unfinished(output);
        this.work = work;
    }

    /**
     * Makes the folders, or takes those of an interrupted run over.
     *
     * @throws UserException when something is in the way that may not be replaced, another run holds them, or they cannot be written
     */
    static Folders open(PreprocessOptions options) {
        Path output = options.output().toAbsolutePath().normalize();
        if (output.getFileName() == null) {
            throw new UserException("cannot write a data set to " + output + ": name a folder below it");
        }
        Path temporary = options.temporaryFolder().map(folder -> folder.toAbsolutePath().normalize()).orElse(output.getParent());
        Folders folders = new Folders(output, temporary.resolve(output.getFileName() + ".preprocess"));
        try {
            folders.requireReplaceable(options.existing());
            folders.create(options.existing());
            return folders;
        } catch (IOException failure) {
            folders.close();
            throw new UserException("cannot write to " + output.getParent() + " or " + temporary + ": " + FileFailure.reason(failure), failure);
        } catch (RuntimeException failure) {
            folders.close();
            throw failure;
        }
    }

    /** What will be the output. */
    Path unfinished() {
        return unfinished;
    }

    Path journal() {
        return work.resolve("journal.json");
    }

    Path ingested(int file) {
        return work.resolve("ingested").resolve("file_" + file + ".parquet");
    }

    Path spill() {
        return work.resolve("spill");
    }

    Path dictionary(int column) {
        return unfinished.resolve("dictionaries").resolve("cat_" + column + ".parquet");
    }

    /** Gives the finished folder its name, in place of an older data set if there is one, and removes what was only needed on the way. */
    void publish() throws IOException {
        try (Stream<Path> paths = Files.walk(unfinished)) {
            for (Path folder : (Iterable<Path>) paths.filter(Files::isDirectory)::iterator) {
                DurableFiles.syncFolder(folder);
            }
        }
        Path replaced = output.resolveSibling(output.getFileName() + ".replaced");
        DurableFiles.deleteFolder(replaced);
        if (Files.exists(output)) {
            Files.move(output, replaced, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(unfinished, output, StandardCopyOption.ATOMIC_MOVE);
        DurableFiles.syncFolder(output.getParent());
        DurableFiles.deleteFolder(replaced);
        published = true;
    }

    /** Lets other runs take the folders; after {@link #publish} the intermediate files are removed. */
    @Override
    public void close() {
        try {
            if (published) {
                DurableFiles.deleteFolder(work);
            }
            if (lockFile != null) {
                lockFile.close();
            }
        } catch (IOException failure) {
            throw new UserException("cannot remove " + work + ": " + FileFailure.reason(failure), failure);
        }
    }

    private void create(ExistingOutput existing) throws IOException {
        Files.createDirectories(output.getParent());
        Files.createDirectories(work);
        lock();
        if (existing != ExistingOutput.RESUME || !Files.exists(journal())) {
            DurableFiles.deleteFolder(unfinished);
            DurableFiles.deleteFolder(work.resolve("ingested"));
            Files.deleteIfExists(journal());
        }
        DurableFiles.deleteFolder(spill());
        Files.createDirectories(spill());
        Files.createDirectories(work.resolve("ingested"));
        Files.createDirectories(unfinished.resolve("dictionaries"));
    }

    private void lock() throws IOException {
        lockFile = FileChannel.open(work.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = lockFile.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            lock = null;
        }
        if (lock == null) {
            throw new UserException("another run is writing " + output + " at this moment (it holds " + work.resolve("lock") + ")");
        }
    }

    private void requireReplaceable(ExistingOutput existing) throws IOException {
        if (existing == ExistingOutput.REFUSE && Files.exists(journal())) {
            throw new UserException("an interrupted run for " + output + " left its work in " + work + ": go on with --resume or start anew with --overwrite");
        }
        if (!Files.exists(output) || isEmptyFolder(output)) {
            return;
        }
        if (!Files.isDirectory(output)) {
            throw new UserException(output + " is a file, not a folder: name another --output");
        }
        if (existing == ExistingOutput.RESUME && !Files.exists(journal())) {
            throw new UserException("there is nothing to resume: " + output + " is complete");
        }
        if (existing == ExistingOutput.REFUSE) {
            throw new UserException(output + " is not empty: name another --output, or replace the data set in it with --overwrite");
        }
        if (!Files.isRegularFile(output.resolve(FeatureSpec.DEFAULT_FILE_NAME))) {
            throw new UserException(output + " has content but no " + FeatureSpec.DEFAULT_FILE_NAME + ", so it is not replaced: name another --output");
        }
    }

    private static boolean isEmptyFolder(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (Stream<Path> content = Files.list(path)) {
            return content.findAny().isEmpty();
        }
    }
}
