package crosscut.kernels.gemm;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.zip.CRC32;

/**
 * The algorithms found for the products of one GPU model with one version of the library, kept from run to run: a file of lines, the product, a tab and the
 * algorithm in hexadecimal digits, closed by a line with the number of entries and a checksum. It can be made again, so what cannot be read or written costs a
 * message and no run.
 */
final class AlgorithmFile {

    private static final String HEADER = "crosscut matrix product algorithms 1";
    private static final String END = "end ";
    private static final HexFormat HEX = HexFormat.of();

    private final Path file;
    private final Consumer<String> messages;

    /**
     * Names the file.
     *
     * @param folder where it lies, or null to keep nothing
     * @param gpu the GPU's model
     * @param libraryVersion of cuBLASLt: another version numbers its algorithms anew
     */
    AlgorithmFile(Path folder, String gpu, long libraryVersion, Consumer<String> messages) {
        file = folder == null ? null : folder.resolve(gpu.replaceAll("[^A-Za-z0-9.]+", "-") + "-cublaslt-" + libraryVersion + ".txt");
        this.messages = messages;
    }

    /** The algorithms by product; empty when there is no file or none that can be used. */
    Map<String, byte[]> read() {
        if (file == null) {
            return new TreeMap<>();
        }
        try {
            return parse(Files.readAllLines(file, StandardCharsets.UTF_8));
        } catch (NoSuchFileException none) {
            return new TreeMap<>();
        } catch (IOException | IllegalArgumentException unusable) {
            messages.accept("the algorithm file " + file + " is not used: " + unusable.getMessage() + "; it will be written anew");
            return new TreeMap<>();
        }
    }

    private static Map<String, byte[]> parse(List<String> lines) {
        if (lines.isEmpty() || !lines.getFirst().equals(HEADER)) {
            throw new IllegalArgumentException("it does not begin with '" + HEADER + "'");
        }
        List<String> entries = lines.subList(1, lines.size() - 1);
        if (!lines.getLast().equals(end(entries))) {
            throw new IllegalArgumentException("its last line is not '" + end(entries) + "', so it is incomplete or was changed");
        }
        Map<String, byte[]> algorithms = new TreeMap<>();
        for (String entry : entries) {
            int tab = entry.indexOf('\t');
            algorithms.put(entry.substring(0, tab), HEX.parseHex(entry.substring(tab + 1)));
        }
        return algorithms;
    }

    private static String end(List<String> entries) {
        CRC32 checksum = new CRC32();
        entries.forEach(entry -> checksum.update((entry + "\n").getBytes(StandardCharsets.UTF_8)));
        return END + entries.size() + " " + HEX.toHexDigits(checksum.getValue(), 8);
    }

    /**
     * Does something while no other process that uses this file does: ranks that start together then search once, and all use what was found.
     *
     * @param work what to do
     */
    <T> T exclusively(Supplier<T> work) {
        // A lock of the file system holds between processes only.
        synchronized (AlgorithmFile.class) {
            if (file == null) {
                return work.get();
            }
            try {
                Files.createDirectories(file.getParent());
                try (FileChannel channel = FileChannel.open(lockFile(), StandardOpenOption.CREATE, StandardOpenOption.WRITE); FileLock _ = channel.lock()) {
                    return work.get();
                }
            } catch (IOException failure) {
                messages.accept("the algorithm file " + file + " cannot be locked, so ranks may choose different algorithms: " + failure);
                return work.get();
            }
        }
    }

    private Path lockFile() {
        return file.resolveSibling(file.getFileName() + ".lock");
    }

    /** Writes {@code algorithms} together with those that others have written since; readers see the old file or the new one, never a part. */
    void write(Map<String, byte[]> algorithms) {
        if (file == null) {
            return;
        }
        Map<String, byte[]> all = read();
        all.putAll(algorithms);
        List<String> entries = all.entrySet().stream().map(entry -> entry.getKey() + "\t" + HEX.formatHex(entry.getValue())).toList();
        try {
            Files.createDirectories(file.getParent());
            Path part = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".part");
            try {
                Files.writeString(part, HEADER + "\n" + String.join("", entries.stream().map(entry -> entry + "\n").toList()) + end(entries) + "\n");
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException failure) {
            messages.accept("the algorithm file " + file + " cannot be written, so the next run searches again: " + failure);
        }
    }
}
