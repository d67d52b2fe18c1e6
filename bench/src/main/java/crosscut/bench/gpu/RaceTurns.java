package crosscut.bench.gpu;

import crosscut.bench.TurnCommand;
import crosscut.engine.profile.StepWatch;
import crosscut.engine.progress.ProgressEvent;
import crosscut.engine.progress.ProgressListener;
import crosscut.engine.train.StopRequest;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Lets a training go on only when it is its turn: the training thread waits for a command before the first step of a turn. Commands are lines: {@code steps N}
 * and {@code seconds S} train that long and are answered by one line of JSON, {@code {"steps": n, "seconds": s, "losses": [...]}} (losses of the steps that
 * were reported); {@code quit} ends the training. Evaluations between two steps are not counted in the seconds.
 */
final class RaceTurns implements StepWatch, ProgressListener, AutoCloseable {

    /** The end of a turn is looked for this often; waiting for the device each time would cost what running ahead gains. */
    private static final int STEPS_BETWEEN_WAITS = 8;

    private final BufferedReader commands;
    private final PrintStream answers;
    private final Device device;
    private final StopRequest stop;
    private final DeviceMemory mark;
    private final MemorySegment markOnHost = Arena.ofAuto().allocate(Float.BYTES, Float.BYTES);
    private final List<Double> losses = new ArrayList<>();
    private boolean isTurn;
    private long stepsLeft;
    private long endNanos;
    private long beginNanos;
    private long steps;
    private double evaluationSeconds;

    RaceTurns(BufferedReader commands, PrintStream answers, Device device, StopRequest stop) {
        this.commands = commands;
        this.answers = answers;
        this.device = device;
        this.stop = stop;
        mark = device.allocate("mark of a race's turns", Float.BYTES);
    }

    @Override
    public void beforeStep() {
        if (stop.isRequested() || isTurn && !isOver()) {
            return;
        }
        if (isTurn) {
            answer();
        }
        begin(TurnCommand.parse(nextCommand()));
    }

    private boolean isOver() {
        if (stepsLeft > 0) {
            return steps == stepsLeft;
        }
        if (steps % STEPS_BETWEEN_WAITS == 0) {
            waitForDevice();
        }
        return System.nanoTime() >= endNanos;
    }

    private String nextCommand() {
        try {
            return commands.readLine();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private void begin(TurnCommand command) {
        isTurn = true;
        steps = 0;
        evaluationSeconds = 0;
        losses.clear();
        beginNanos = System.nanoTime();
        switch (command.kind()) {
            case STEPS -> stepsLeft = (long) command.amount();
            case SECONDS -> {
                stepsLeft = 0;
                endNanos = beginNanos + (long) (command.amount() * 1e9);
            }
            case QUIT -> stop.request();
            default -> throw new IllegalArgumentException("a training on files does not know the command " + command.line());
        }
    }

    private void answer() {
        waitForDevice();
        double seconds = (System.nanoTime() - beginNanos) * 1e-9 - evaluationSeconds;
        answers.println(String.format(Locale.ROOT, "{\"steps\": %d, \"seconds\": %.6f, \"losses\": %s}", steps, seconds, losses));
        answers.flush();
    }

    /** A copy from the device to the host waits for everything launched before. */
    private void waitForDevice() {
        device.read(mark, 0, markOnHost);
    }

    @Override
    public void afterStep(RawBatch batch) {
        steps++;
    }

    @Override
    public void on(ProgressEvent event) {
        switch (event) {
            case ProgressEvent.StepReport report -> losses.add(report.loss());
            case ProgressEvent.EvaluationReport report -> evaluationSeconds += report.seconds();
            default -> {
                // Of no interest in a race.
            }
        }
    }

    @Override
    public void close() {
        mark.close();
    }
}
