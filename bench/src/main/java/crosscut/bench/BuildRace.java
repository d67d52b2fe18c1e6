package crosscut.bench;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.DoubleSupplier;

/**
 * Two builds of Crosscut take turns in one process, so that whatever else the machine does hits both alike. Arguments: class path of one build, class path of
 * the other, size, batch size, precision, threads, rounds, and what to race: {@code training} (where it is left out) or {@code inference}.
 */
public final class BuildRace {

    private static final double SECONDS_PER_TURN = 0.4;

    private BuildRace() {
    }

    /** Prints the median of both and the ratio of each round. */
    public static void main(String[] arguments) throws ReflectiveOperationException {
        DoubleSupplier before = open(arguments[0], arguments);
        DoubleSupplier after = open(arguments[1], arguments);
        int rounds = Integer.parseInt(arguments[6]);
        double[] times = new double[rounds];
        double[] otherTimes = new double[rounds];
        double[] ratios = new double[rounds];
        for (int round = -2; round < rounds; round++) {
            double time = turn(before);
            double otherTime = turn(after);
            if (round >= 0) {
                times[round] = time;
                otherTimes[round] = otherTime;
                ratios[round] = time / otherTime;
            }
        }
        Quartiles ratio = Quartiles.of(ratios);
        int batch = Integer.parseInt(arguments[3]);
        System.out.printf(Locale.ROOT, "%s %s %s %s threads: %.0f -> %.0f samples/s, x%.3f (quartiles %.3f-%.3f of %d rounds)%n", arguments[2], arguments[3],
                arguments[4], arguments[5], batch / Quartiles.of(times).median(), batch / Quartiles.of(otherTimes).median(), ratio.median(),
                ratio.lower(), ratio.upper(), rounds);
    }

    private static DoubleSupplier open(String classPath, String[] arguments) throws ReflectiveOperationException {
        URL[] urls = Arrays.stream(classPath.split(File.pathSeparator)).map(BuildRace::url).toArray(URL[]::new);
        Class<?> type = Class.forName(step(arguments), true, new URLClassLoader(urls, ClassLoader.getPlatformClassLoader()));
        return (DoubleSupplier) type.getMethod("open", String.class, int.class, String.class, int.class)
                .invoke(null, arguments[2], Integer.parseInt(arguments[3]), arguments[4], Integer.parseInt(arguments[5]));
    }

    private static String step(String[] arguments) {
        return switch (arguments.length > 7 ? arguments[7] : "training") {
            case "training" -> "crosscut.bench.TrainingStep";
            case "inference" -> "crosscut.bench.InferenceStep";
            default -> throw new IllegalArgumentException(arguments[7] + " is neither training nor inference");
        };
    }

    private static URL url(String path) {
        try {
            return new File(path).toURI().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path, e);
        }
    }

    /** Median seconds of a step over one turn. */
    private static double turn(DoubleSupplier step) {
        double[] times = new double[100_000];
        int count = 0;
        long end = System.nanoTime() + (long) (SECONDS_PER_TURN * 1e9);
        while (count < 3 || count < times.length && System.nanoTime() < end) {
            long start = System.nanoTime();
            step.getAsDouble();
            times[count++] = (System.nanoTime() - start) * 1e-9;
        }
        Arrays.sort(times, 0, count);
        return times[count / 2];
    }
}
