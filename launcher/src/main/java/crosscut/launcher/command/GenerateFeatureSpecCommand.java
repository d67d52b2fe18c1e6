package crosscut.launcher.command;

import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FeatureSpec.Feature;
import crosscut.engine.data.FeatureSpecWriter;
import crosscut.engine.data.tools.SyntheticVariant;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the feature spec of a synthetic data set. */
@Command(name = "generate-feature-spec", description = "Write the feature spec of synthetic data in the shape of the Criteo Terabyte data.")
final class GenerateFeatureSpecCommand implements Callable<Integer> {

    @Spec
    private CommandSpec command;

    @Option(names = "--variant", required = true, paramLabel = "NAME",
            description = "criteo_t15_synthetic (32.7 million table rows), criteo_t3_synthetic (178 million), criteo_t0_synthetic (883 million) or "
                    + "small_synthetic (0.12 million).")
    private SyntheticVariant variant;

    @Option(names = "--dst", paramLabel = "FILE", defaultValue = FeatureSpec.DEFAULT_FILE_NAME, description = "File to write (default: ${DEFAULT-VALUE}).")
    private Path target;

    @Option(names = "--scale", paramLabel = "X", defaultValue = "1",
            description = "Multiply every cardinality by X, rounded, but keep at least " + SyntheticVariant.FEWEST_ROWS
                    + " rows per table (default: ${DEFAULT-VALUE}).")
    private double scale;

    @Override
    public Integer call() {
        FeatureSpec spec = variant.spec(scale);
        FeatureSpecWriter.write(spec, target);
        long rows = spec.categorical().stream().map(Feature::cardinality).mapToLong(cardinality -> cardinality.orElseThrow()).sum();
        command.commandLine().getOut().printf("%s: %d numerical and %d categorical features, %d table rows%n", target, spec.channels().numerical().size(),
                spec.categorical().size(), rows);
        return 0;
    }
}
