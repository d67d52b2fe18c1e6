package crosscut.bench;

import crosscut.engine.config.Precision;
import crosscut.engine.profile.StepProfiler;
import crosscut.engine.profile.StepWatch;
import crosscut.kernels.gemm.MatrixLibrary;

/**
 * Where the time of a training step goes on the processor, without reading data: the profile that {@code train --profile} prints. Arguments: size, batch size,
 * precision, threads, seconds.
 */
public final class StepProfile {

    private static final int FEWEST_STEPS = 15 + StepProfiler.WARMUP_STEPS;

    private StepProfile() {
    }

    /** Prints one table. */
    public static void main(String[] arguments) {
        ModelSize size = ModelSize.valueOf(arguments[0]);
        int batch = Integer.parseInt(arguments[1]);
        Precision precision = Precision.valueOf(arguments[2]);
        int threads = Integer.parseInt(arguments[3]);
        double seconds = Double.parseDouble(arguments[4]);
        StepProfiler profiler = StepProfiler.around(Processor.open(threads, MatrixLibrary.AUTO), precision.computeType());
        try (TrainingStep step = new TrainingStep(StepShape.of(size, batch, precision), profiler.device())) {
            run(step, StepWatch.NONE, seconds);
            run(step, profiler, seconds);
            profiler.profile().lines().forEach(System.out::println);
        }
    }

    private static void run(TrainingStep step, StepWatch watch, double seconds) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        for (int done = 0; done < FEWEST_STEPS || System.nanoTime() < end; done++) {
            step.run(watch);
        }
    }
}
