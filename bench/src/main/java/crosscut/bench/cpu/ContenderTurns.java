package crosscut.bench.cpu;

import com.sun.management.OperatingSystemMXBean;
import crosscut.bench.Contender;
import crosscut.bench.TurnCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Lets a contender work when it is its turn: every {@link TurnCommand} is answered by one line of JSON, {@link Turn} or what was asked for. */
public final class ContenderTurns {

    /** Losses of longer turns are of no interest and would only cost time. */
    private static final int MOST_LOSSES = 100;

    private static final JsonMapper JSON = new JsonMapper();

    private final Contender contender;

    /** Serves {@code contender}, which the caller closes. */
    public ContenderTurns(Contender contender) {
        this.contender = contender;
    }

    /** Serves until standard input ends or says {@code quit}. */
    public void serveStandardInput() throws IOException {
        serve(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), System.out);
    }

    void serve(BufferedReader commands, PrintStream answers) throws IOException {
        while (true) {
            TurnCommand command = TurnCommand.parse(commands.readLine());
            Object answer = switch (command.kind()) {
                case STEPS -> run((long) command.amount(), Double.POSITIVE_INFINITY);
                case SECONDS -> run(Long.MAX_VALUE, command.amount());
                case OUTPUTS -> Map.of("outputs", contender.outputs());
                case FACTS -> Map.of("facts", contender.facts());
                case QUIT -> null;
            };
            if (answer == null) {
                return;
            }
            answers.println(JSON.writeValueAsString(answer));
            answers.flush();
        }
    }

    private Turn run(long most, double seconds) {
        List<Double> losses = new ArrayList<>();
        double cpuBegin = cpuSeconds();
        long begin = System.nanoTime();
        long steps = 0;
        double passed = 0;
        while (steps < most && passed < seconds) {
            double loss = contender.run();
            if (steps < MOST_LOSSES) {
                losses.add(loss);
            }
            steps++;
            passed = (System.nanoTime() - begin) * 1e-9;
        }
        return new Turn(steps, passed, cpuSeconds() - cpuBegin, losses);
    }

    private static double cpuSeconds() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime() * 1e-9;
    }
}
