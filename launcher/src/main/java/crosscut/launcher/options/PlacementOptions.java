package crosscut.launcher.options;

import crosscut.engine.UserException;
import crosscut.engine.config.PlacementConfig;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where the embedding tables are: how several ranks share them and who reads their ids, and which are in host memory. */
@FlagGroup("Embedding tables: which rank, which memory")
final class PlacementOptions {

    /** As the reference counts them. */
    private static final double GIGABYTE = 1e9;

    @Option(names = "--dist_strategy", paramLabel = "NAME", defaultValue = "memory_balanced", converter = StrategyConverter.class,
            description = "memory_balanced: dealt out in a snake, largest first; memory_optimized: each to the rank with the fewest elements; basic: in feature "
                    + "order; cost_balanced: by elements and looked-up values together. The results do not depend on it. Default: ${DEFAULT-VALUE}")
    private PlacementConfig.Strategy strategy;

    @Option(names = "--column_slice_threshold", paramLabel = "N", defaultValue = "5000000000",
            description = "Elements (rows x dimension); a larger table is cut into slices of columns, which ranks keep like tables of their own. "
                    + "Default: ${DEFAULT-VALUE}")
    private long columnSliceThreshold;

    @Option(names = "--row_slice_threshold", paramLabel = "N", defaultValue = "0",
            description = "Elements; of a table that is no smaller every rank keeps some rows. Default: ${DEFAULT-VALUE}, none")
    private long rowSliceThreshold;

    @Option(names = "--data_parallel_threshold", paramLabel = "N", defaultValue = "0",
            description = "Elements; every rank keeps a copy of a table that is no larger, and looks up without an exchange. Default: ${DEFAULT-VALUE}, none")
    private long dataParallelThreshold;

    @Option(names = "--cpu_offloading_threshold_gb", paramLabel = "X",
            description = "10^9 bytes of tables, moments included, that stay in each GPU's memory, the smallest tables first; the others are in host memory, "
                    + "where the GPU reads and writes single rows, which is slower. 0 puts all there. The results do not depend on it. With --device cpu "
                    + "everything is in host memory anyway. Default: all tables on the GPU")
    private Double offloadingThreshold;

    @Option(names = "--data_parallel_input", arity = "1", defaultValue = "false",
            description = "Each of several ranks reads the ids of its own samples for all tables and sends them to the ranks that keep the tables. "
                    + "--nodata_parallel_input: these read the ids of all samples themselves, and no others. The results do not depend on it. "
                    + "Default: ${DEFAULT-VALUE}")
    private boolean dataParallelInput;

    /** @param isGpu whether devices have memory of their own */
    PlacementConfig toConfig(boolean isGpu) {
        PlacementConfig onDevice = new PlacementConfig(strategy, columnSliceThreshold, rowSliceThreshold, dataParallelThreshold)
                .withDataParallelInput(dataParallelInput);
        if (offloadingThreshold == null) {
            return onDevice;
        }
        if (!(offloadingThreshold >= 0)) {
            throw new UserException("--cpu_offloading_threshold_gb " + offloadingThreshold + " must be 0 (all tables in host memory) or more");
        }
        return isGpu ? onDevice.withOffloading(Math.round(offloadingThreshold * GIGABYTE)) : onDevice;
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
