package crosscut.launcher.command;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** Runs the command line inside the test. */
public record CommandLines(int status, String out, String err) {

    public static CommandLines run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = CommandLineMain.execute(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new CommandLines(status, out.toString(), err.toString());
    }

    /** The arguments that each rank of a {@code --dry_run} would be given, of the first rank. */
    public List<String> flagsOfRank() {
        List<String> words = ArgumentFiles.split(out.lines().findFirst().orElseThrow());
        return words.subList(words.indexOf("crosscut.launcher.rank.RankMain") + 1, words.size());
    }
}
