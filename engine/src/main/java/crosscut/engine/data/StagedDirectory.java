package crosscut.engine.data;

import crosscut.engine.UserException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;

/**
 * A folder that appears under its name only when all its content is on disk. Until {@link #commit} everything lies in a hidden sibling,
 * {@code .NAME.partial-PID}; closing without a commit removes that, a killed process leaves it behind under that telling name.
 */
final class StagedDirectory implements AutoCloseable {

    private final Path target;
    private final Path staging;
    private final String specName;
    private final boolean overwrite;
    private boolean committed;

    private StagedDirectory(Path target, String specName, boolean overwrite) {
        this.target = target.toAbsolutePath().normalize();
        this.staging = sibling("partial");
        this.specName = specName;
        this.overwrite = overwrite;
    }

    /**
     * Makes the hidden folder.
     *
     * @param specName file that marks a folder as a data set
     * @param overwrite whether a data set that is already there may be replaced; a folder without a feature spec never is
     * @throws UserException when the target exists and may not be replaced, or cannot be created
     */
    static StagedDirectory create(Path target, String specName, boolean overwrite) {
        StagedDirectory directory = new StagedDirectory(target, specName, overwrite);
        try {
            directory.requireReplaceable();
            Files.createDirectories(directory.target.getParent());
            deleteTree(directory.staging);
            Files.createDirectory(directory.staging);
            return directory;
        } catch (IOException failure) {
            throw new UserException("cannot create folder " + target + ": " + FileFailure.reason(failure), failure);
        }
    }

    /** Where to write. */
    Path path() {
        return staging;
    }

    /** Syncs every folder (files are synced by their writers) and gives the folder its name, replacing the old data set if that was allowed. */
    void commit() throws IOException {
        try (Stream<Path> paths = Files.walk(staging)) {
            for (Path folder : (Iterable<Path>) paths.filter(Files::isDirectory)::iterator) {
                sync(folder);
            }
        }
        requireReplaceable();
        Path replaced = sibling("replaced");
        boolean replaces = Files.exists(target) && !isEmpty(target);
        if (replaces) {
            Files.move(target, replaced, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
        committed = true;
        sync(target.getParent());
        if (replaces) {
            deleteTree(replaced);
        }
    }

    /** Removes what was staged unless it was committed. */
    @Override
    public void close() {
        if (committed) {
            return;
        }
        try {
            deleteTree(staging);
        } catch (IOException failure) {
            throw new UserException("cannot remove the unfinished folder " + staging + ": " + FileFailure.reason(failure), failure);
        }
    }

    private Path sibling(String purpose) {
        if (target.getFileName() == null) {
            throw new UserException("cannot write a data set to " + target + ": name a folder below it");
        }
        return target.resolveSibling("." + target.getFileName() + "." + purpose + "-" + ProcessHandle.current().pid());
    }

    private void requireReplaceable() throws IOException {
        if (!Files.exists(target)) {
            return;
        }
        if (!Files.isDirectory(target)) {
            throw new UserException(target + " is a file, not a folder: name another target");
        }
        if (isEmpty(target)) {
            return;
        }
        if (!overwrite) {
            throw new UserException(target + " is not empty: name another folder or give --overwrite to replace the data set in it");
        }
        if (!Files.isRegularFile(target.resolve(specName))) {
            throw new UserException(target + " has content but no " + specName + ", so it is not replaced: name another folder");
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> content = Files.list(folder)) {
            return content.findAny().isEmpty();
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path emptied, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(emptied);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
