package crosscut.engine.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder of checkpoints. Each is a folder {@code checkpoint-<number>-step-<steps>}; numbers only grow, so the highest is the newest whatever was trained.
 * {@code best} is a symbolic link to the one with the best AUC. Unfinished ones are called {@code .writing-<process id>-...} and are never read.
 */
final class CheckpointFolder {

    private static final Pattern NAME = Pattern.compile("checkpoint-(\\d+)-step-(\\d+)");
    private static final Pattern UNFINISHED = Pattern.compile("\\.writing-(\\d+)-.*");
    private static final String BEST = "best";

    private final Path folder;

    CheckpointFolder(Path folder) {
        this.folder = folder;
    }

    /** Finished checkpoints, oldest first; empty where the folder does not exist. */
    List<Path> finished() throws IOException {
        List<Path> checkpoints = new ArrayList<>();
        for (Path entry : entries()) {
            if (NAME.matcher(entry.getFileName().toString()).matches()) {
                checkpoints.add(entry);
            }
        }
        checkpoints.sort(Comparator.comparingLong(CheckpointFolder::number));
        return checkpoints;
    }

    private List<Path> entries() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }

    private static long number(Path checkpoint) {
        Matcher matcher = NAME.matcher(checkpoint.getFileName().toString());
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
    }

    /** Creates the folder, removes what dead processes left unfinished, and makes sure that it can be written to. */
    void prepareForWriting() throws IOException {
        Files.createDirectories(folder);
        // Permissions tell less than a try: root may do everything but write to a read-only disk.
        Files.delete(Files.createDirectory(folder.resolve(".writing-%d-nothing".formatted(ProcessHandle.current().pid()))));
        for (Path entry : entries()) {
            Matcher matcher = UNFINISHED.matcher(entry.getFileName().toString());
            if (matcher.matches() && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty()) {
                deleteTree(entry);
            }
        }
    }

    /** A new folder to write the next checkpoint into, under a name that nobody reads. */
    Path createUnfinished(long step) throws IOException {
        List<Path> existing = finished();
        long next = existing.isEmpty() ? 1 : number(existing.getLast()) + 1;
        Path unfinished = folder.resolve(".writing-%d-checkpoint-%06d-step-%d".formatted(ProcessHandle.current().pid(), next, step));
        deleteTree(unfinished);
        return Files.createDirectory(unfinished);
    }

    /** Gives a completely written checkpoint its final name. */
    Path finish(Path unfinished) throws IOException {
        sync(unfinished);
        String name = unfinished.getFileName().toString();
        Path target = folder.resolve(name.substring(name.indexOf("checkpoint-")));
        Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        sync(folder);
        return target;
    }

    /** Points {@code best} at a finished checkpoint. */
    void markBest(Path checkpoint) throws IOException {
        Path link = folder.resolve(".writing-%d-best".formatted(ProcessHandle.current().pid()));
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, checkpoint.getFileName());
        Files.move(link, folder.resolve(BEST), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(folder);
    }

    /** Deletes all but the newest {@code keep} and the best. */
    void prune(int keep) throws IOException {
        List<Path> checkpoints = finished();
        Optional<Path> best = best();
        for (Path checkpoint : checkpoints.subList(0, Math.max(0, checkpoints.size() - keep))) {
            if (best.isEmpty() || !best.get().equals(checkpoint)) {
                Path hidden = folder.resolve(".writing-%d-%s".formatted(ProcessHandle.current().pid(), checkpoint.getFileName()));
                Files.move(checkpoint, hidden, StandardCopyOption.ATOMIC_MOVE);
                deleteTree(hidden);
            }
        }
    }

    private Optional<Path> best() throws IOException {
        Path link = folder.resolve(BEST);
        return Files.isSymbolicLink(link) ? Optional.of(folder.resolve(Files.readSymbolicLink(link))) : Optional.empty();
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Deletes a folder with everything in it; nothing happens where there is none. */
    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> tree = Files.walk(root)) {
            paths = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }
}
