package crosscut.engine.preprocess;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Made-up lines in Criteo's format: the same shape, no real data. */
final class CriteoLines {

    static final int NUMERICAL = 13;
    static final int CATEGORICAL = 26;

    private CriteoLines() {
    }

    /** Lines whose counts range from -3 on and whose category columns hold 1 to 300 values; about a fifth of the fields are empty. */
    static List<String> lines(long seed, int count) {
        Random random = new Random(seed);
        List<String> lines = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            StringBuilder line = new StringBuilder(random.nextInt(4) == 0 ? "1" : "0");
            for (int column = 0; column < NUMERICAL; column++) {
                line.append('\t').append(random.nextInt(5) == 0 ? "" : String.valueOf(number(random, column)));
            }
            for (int column = 0; column < CATEGORICAL; column++) {
                int value = (int) (Math.pow(random.nextDouble(), 3) * (1 + column * 12));
                line.append('\t').append(random.nextInt(5) == 0 ? "" : String.format("%08x", value * 0x9e3779b1));
            }
            lines.add(line.toString());
        }
        return lines;
    }

    static Path write(Path file, List<String> lines, String lineEnd) throws IOException {
        String text = String.join(lineEnd, lines) + lineEnd;
        try (OutputStream raw = Files.newOutputStream(file); OutputStream stream = file.toString().endsWith(".gz") ? new GZIPOutputStream(raw) : raw) {
            stream.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    static Path write(Path file, List<String> lines) throws IOException {
        return write(file, lines, "\n");
    }

    private static int number(Random random, int column) {
        return column == 4 ? random.nextInt(2_000_000) : random.nextInt(60) - 3;
    }
}
