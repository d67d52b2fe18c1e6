package crosscut.launcher.fetch;

import crosscut.kernels.device.ByteSize;
import crosscut.launcher.progress.Quantities;
import java.io.PrintWriter;

/** Says how far unpacking is: a line per library, which grows on a terminal. */
final class FetchProgress {

    private static final long REWRITE_PERIOD_NANOSECONDS = 200_000_000L;

    private final PrintWriter out;
    private final boolean rewrites;
    private String fileName;
    private long byteSize;
    private long start;
    private long lastShown;

    FetchProgress(PrintWriter out, boolean rewrites) {
        this.out = out;
        this.rewrites = rewrites;
    }

    void present(String name) {
        out.println(name + ": already there");
    }

    void started(String name, long bytes) {
        fileName = name;
        byteSize = bytes;
        start = System.nanoTime();
        lastShown = start;
    }

    void progressed(long bytes) {
        long now = System.nanoTime();
        if (rewrites && now - lastShown > REWRITE_PERIOD_NANOSECONDS) {
            lastShown = now;
            out.print("\r\033[K" + fileName + Quantities.format(": %.0f %% of ", 100.0 * bytes / byteSize) + ByteSize.text(byteSize));
            out.flush();
        }
    }

    void finished() {
        String seconds = Quantities.format("%.1f s", (System.nanoTime() - start) / 1e9);
        out.println((rewrites ? "\r\033[K" : "") + fileName + ": " + ByteSize.text(byteSize) + " in " + seconds);
    }
}
