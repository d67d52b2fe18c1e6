package crosscut.launcher.rank;

import crosscut.bindings.NativeException;
import crosscut.bindings.UnavailableLibraryException;
import crosscut.engine.UserException;
import crosscut.engine.config.RunConfig;
import crosscut.engine.parallel.World;
import crosscut.engine.profile.StepProfiler;
import crosscut.engine.progress.ProgressEvent;
import crosscut.engine.progress.ProgressListener;
import crosscut.engine.train.Run;
import crosscut.engine.train.StopRequest;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.OutOfDeviceMemoryException;
import crosscut.launcher.options.FlagValues;
import crosscut.launcher.options.TrainOptions;
import java.io.PrintStream;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What the supervisor starts once per rank: opens the device, meets the other ranks and runs what the flags say. The flags are {@code train}'s and have been
 * checked already.
 */
@Command(name = "rank")
public final class RankMain {

    @Mixin
    private TrainOptions options;

    @Option(names = "--stacktrace")
    private boolean stackTrace;

    private final StopRequest stop = new StopRequest();

    private final CommandLine parser = new CommandLine(this).setCaseInsensitiveEnumValuesAllowed(true).setOverwrittenOptionsAllowed(true)
            .setExpandAtFiles(false);

    private RankMain() {
    }

    public static void main(String[] arguments) {
        RankMain rank = parsed(arguments);
        RankLifetime lifetime = rank.lifetime(System.out);
        int status = lifetime.run(System.in, rank::run);
        if (!lifetime.isStopping()) {
            System.exit(status);
        }
    }

    static RankMain parsed(String... arguments) {
        RankMain rank = new RankMain();
        rank.parser.parseArgs(arguments);
        return rank;
    }

    RankLifetime lifetime(PrintStream output) {
        return new RankLifetime(output, stop::request, stackTrace);
    }

    void run(ProgressListener listener) {
        Map<String, Object> flags = FlagValues.of(parser.getCommandSpec());
        RunConfig config = options.toRunConfig(flags);
        try (OpenedDevice opened = OpenedDevice.open(options.device(), RankWorld.rank(System.getenv()), line -> listener.on(new ProgressEvent.Message(line)));
                World world = RankWorld.join(System.getenv(), flags, options.nodes(),
                        hosts -> opened.collectives(hosts, options.nodes().exchangeTimeout()))) {
            run(config, opened.device(), world, listener).execute();
        } catch (OutOfDeviceMemoryException | NativeException | UnavailableLibraryException failure) {
            // Kernels and bindings know nothing of users, but these messages are for them.
            throw new UserException(failure.getMessage(), failure);
        }
    }

    private Run run(RunConfig config, Device device, World world, ProgressListener listener) {
        if (!options.report().profile()) {
            return new Run(config, device, world, listener, stop);
        }
        StepProfiler profiler = StepProfiler.around(device, config.training().precision().computeType());
        return new Run(config, profiler.device(), world, listener, stop, profiler);
    }
}
