package crosscut.launcher.options;

import crosscut.engine.config.PlacementConfig;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How several ranks share the embedding tables. */
@FlagGroup("Embedding tables on several ranks")
final class PlacementOptions {

    @Option(names = "--dist_strategy", paramLabel = "NAME", defaultValue = "memory_balanced", converter = StrategyConverter.class,
            description = "memory_balanced: dealt out in a snake, largest first; memory_optimized: each to the rank with the fewest elements; basic: in feature "
                    + "order; cost_balanced: by elements and looked-up values together. The results do not depend on it. Default: ${DEFAULT-VALUE}")
    private PlacementConfig.Strategy strategy;

    @Option(names = "--column_slice_threshold", paramLabel = "N", defaultValue = "5000000000",
            description = "Elements (rows x dimension); a larger table is cut into slices of columns, which ranks keep like tables of their own. "
                    + "Default: ${DEFAULT-VALUE}")
    private long columnSliceThreshold;

    @Option(names = "--data_parallel_threshold", paramLabel = "N", defaultValue = "0",
            description = "Elements; every rank keeps a copy of a table that is no larger, and looks up without an exchange. Default: ${DEFAULT-VALUE}, none")
    private long dataParallelThreshold;

    PlacementConfig toConfig() {
        return new PlacementConfig(strategy, columnSliceThreshold, dataParallelThreshold);
    }

    static final class StrategyConverter implements ITypeConverter<PlacementConfig.Strategy> {

        @Override
        public PlacementConfig.Strategy convert(String text) {
            try {
                return PlacementConfig.Strategy.valueOf(text.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException unknown) {
                throw new TypeConversionException("'" + text + "' is none of memory_balanced, memory_optimized, basic, cost_balanced");
            }
        }
    }
}
