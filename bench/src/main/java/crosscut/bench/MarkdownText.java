package crosscut.bench;

/** Markdown in the making. */
public final class MarkdownText {

    private final StringBuilder text = new StringBuilder();

    /** The first two lines of a table. */
    public void table(Object... titles) {
        row(titles);
        line("|" + "---|".repeat(titles.length));
    }

    /** A row of a table; null is an empty cell. */
    public void row(Object... cells) {
        text.append('|');
        for (Object cell : cells) {
            text.append(' ').append(cell == null ? "-" : cell.toString().replace("|", "\\|")).append(" |");
        }
        text.append('\n');
    }

    /** A line as it is. */
    public void line(String content) {
        text.append(content).append('\n');
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
