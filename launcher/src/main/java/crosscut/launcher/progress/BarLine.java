package crosscut.launcher.progress;

import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBarConsumer;

/** The last line of a terminal: the bar is drawn over itself, other lines appear above it. */
final class BarLine implements ProgressBarConsumer {

    private static final String CLEAR_LINE = "\r\u001b[K";
    /** What a terminal shows for Ctrl-C must fit behind the bar: a wrapped line could not be cleared. */
    private static final int COLUMNS_FOR_TYPING = 3;

    private final PrintWriter terminal;
    private final int columns;
    private String shown = "";

    BarLine(PrintWriter terminal, int columns) {
        this.terminal = terminal;
        this.columns = columns;
    }

    @Override
    public int getMaxRenderedLength() {
        return columns - COLUMNS_FOR_TYPING;
    }

    @Override
    public synchronized void accept(String rendered) {
        shown = rendered;
        terminal.print(CLEAR_LINE + rendered);
        terminal.flush();
    }

    /** Prints {@code line} above the bar. */
    synchronized void above(String line) {
        terminal.print(shown.isEmpty() ? line + System.lineSeparator() : CLEAR_LINE + line + System.lineSeparator() + shown);
        terminal.flush();
    }

    /** Takes the bar away. */
    @Override
    public synchronized void clear() {
        terminal.print(shown.isEmpty() ? "" : CLEAR_LINE);
        terminal.flush();
        shown = "";
    }

    @Override
    public void close() {
        clear();
    }
}
