package crosscut.launcher.supervisor;

import crosscut.launcher.progress.JsonLinesLog;
import crosscut.launcher.progress.PlainLines;
import crosscut.launcher.progress.RunOutput;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Supervises fake ranks: arguments are the number of ranks, the folder, {@code restarts=K} and the behaviours. A program of its own, so that it can be killed. */
final class FakeLauncher {

    private static final String RESTARTS = "restarts=";

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
        RankCommands commands = new RankCommands(ranks, 1, 0, FakeRank.class.getName());
        int most = flags.stream().filter(flag -> flag.startsWith(RESTARTS)).mapToInt(flag -> Integer.parseInt(flag.substring(RESTARTS.length()))).sum();
        Restarts restarts = number -> number > most ? Optional.empty()
                : Optional.of(new Restarts.Restart("restart " + number + " of " + most + " of a fake", commands.build(Nodes.single(), flags)));
        return new Supervisor(output, err).run(commands.build(Nodes.single(), flags), restarts);
    }
}
