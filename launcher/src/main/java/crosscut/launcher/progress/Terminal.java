package crosscut.launcher.progress;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The terminal that a person sits at, if there is one. */
public final class Terminal {

    private static final int USUAL_COLUMNS = 100;
    private static final int FEWEST_COLUMNS = 40;

    private Terminal() {
    }

    /** A bar where input and output are a terminal that can move its cursor, plain lines otherwise. */
    public static ProgressRenderer renderer(PrintWriter out, int printFreq) {
        boolean interactive = System.console() != null && System.console().isTerminal() && !"dumb".equals(System.getenv("TERM"));
        return interactive ? new TerminalBar(out, columns()) : new PlainLines(out, printFreq);
    }

    /** Asks the terminal's driver; a terminal that cannot say gets the usual width. */
    private static int columns() {
        try {
            Process stty = new ProcessBuilder("stty", "size").redirectInput(new File("/dev/tty")).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String[] rowsAndColumns = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim().split(" ");
            int columns = rowsAndColumns.length == 2 ? Integer.parseInt(rowsAndColumns[1]) : 0;
            return columns < FEWEST_COLUMNS ? USUAL_COLUMNS : columns;
        } catch (IOException | NumberFormatException unknown) {
            return USUAL_COLUMNS;
        }
    }
}
