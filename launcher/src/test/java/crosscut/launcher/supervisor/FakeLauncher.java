package crosscut.launcher.supervisor;

import crosscut.launcher.progress.JsonLinesLog;
import crosscut.launcher.progress.PlainLines;
import crosscut.launcher.progress.RunOutput;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;

/** Supervises fake ranks: arguments are the number of ranks, the folder and the behaviours. A program of its own, so that it can be killed. */
final class FakeLauncher {

    private FakeLauncher() {
    }

    public static void main(String[] arguments) throws InterruptedException {
        System.exit(run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), arguments));
    }

    static int run(PrintWriter out, PrintWriter err, String... arguments) throws InterruptedException {
        int ranks = Integer.parseInt(arguments[0]);
        List<String> flags = Arrays.asList(arguments).subList(1, arguments.length);
        JsonLinesLog log = new JsonLinesLog(Path.of(arguments[1], "log.jsonl"), false, 1, Clock.systemUTC());
        RunOutput output = new RunOutput(new PlainLines(out, 1), log, ranks);
        return new Supervisor(output, err).run(new RankCommands(ranks, 1, 0, FakeRank.class.getName()).build(Nodes.single(), flags));
    }
}
