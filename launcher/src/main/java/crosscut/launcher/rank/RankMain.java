package crosscut.launcher.rank;

import crosscut.engine.UserException;
import crosscut.engine.config.RunConfig;
import crosscut.engine.parallel.World;
import crosscut.engine.progress.ProgressListener;
import crosscut.engine.train.Run;
import crosscut.engine.train.StopRequest;
import crosscut.kernels.device.CpuDevice;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.OutOfDeviceMemoryException;
import crosscut.kernels.gemm.CpuMatrixProducts;
import crosscut.kernels.gemm.MatrixLibrary;
import crosscut.launcher.options.FlagValues;
import crosscut.launcher.options.TrainOptions;
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

    private RankMain() {
    }

    public static void main(String[] arguments) {
        RankMain rank = new RankMain();
        CommandLine parser = new CommandLine(rank).setCaseInsensitiveEnumValuesAllowed(true).setOverwrittenOptionsAllowed(true).setExpandAtFiles(false);
        parser.parseArgs(arguments);
        RankLifetime lifetime = new RankLifetime(System.out, rank.stop::request, rank.stackTrace);
        int status = lifetime.run(System.in, listener -> rank.run(FlagValues.of(parser.getCommandSpec()), listener));
        if (!lifetime.isStopping()) {
            System.exit(status);
        }
    }

    private void run(Map<String, Object> flags, ProgressListener listener) {
        RunConfig config = options.toRunConfig(flags);
        try (Device device = CpuDevice.open(options.device().threadsPerRank(), pool -> CpuMatrixProducts.open(pool, MatrixLibrary.AUTO));
                World world = RankWorld.join(System.getenv(), flags)) {
            new Run(config, device, world, listener, stop).execute();
        } catch (OutOfDeviceMemoryException failure) {
            // The kernels know nothing of users, but this message is for them.
            throw new UserException(failure.getMessage(), failure);
        }
    }
}
