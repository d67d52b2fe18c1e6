package crosscut.bench.gpu;

import crosscut.engine.config.RunConfig;
import crosscut.engine.parallel.World;
import crosscut.engine.train.Run;
import crosscut.engine.train.StopRequest;
import crosscut.launcher.options.FlagValues;
import crosscut.launcher.options.TrainOptions;
import crosscut.launcher.rank.OpenedDevice;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Our side of a race: a training as {@code train} does it, with its flags, reader and evaluations, whose steps run when standard input says so (see
 * {@link RaceTurns}).
 */
@Command(name = "race")
public final class Race {

    @Mixin
    private TrainOptions options;

    private Race() {
    }

    /** Arguments: flags of {@code train}. */
    public static void main(String[] arguments) {
        Race race = new Race();
        CommandLine parser = new CommandLine(race).setCaseInsensitiveEnumValuesAllowed(true).setOverwrittenOptionsAllowed(true).setExpandAtFiles(false);
        parser.parseArgs(arguments);
        race.run(FlagValues.of(parser.getCommandSpec()));
    }

    private void run(Map<String, Object> flags) {
        RunConfig config = options.toRunConfig(flags);
        StopRequest stop = new StopRequest();
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (OpenedDevice opened = OpenedDevice.open(options.device(), 0, System.err::println); World world = World.single();
                RaceTurns turns = new RaceTurns(commands, System.out, opened.device(), stop)) {
            new Run(config, opened.device(), world, turns, stop, turns).execute();
        }
    }
}
