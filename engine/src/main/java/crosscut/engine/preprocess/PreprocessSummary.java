package crosscut.engine.preprocess;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a finished run made.
 *
 * @param inputRows well-formed rows of all files
 * @param badLines lines that were left out: malformed ones, and well-formed ones with an unusable value
 * @param outputBytes of the output folder
 * @param elapsed of this run; an interrupted run before it is not counted
 */
public record PreprocessSummary(Path output, List<Split> splits, List<Column> columns, long inputRows, long badLines, long outputBytes, Duration elapsed) {

    public PreprocessSummary {
        splits = List.copyOf(splits);
        columns = List.copyOf(columns);
    }

    /** One split: how many samples, how many of them positive, and bytes of its files. */
    public record Split(String name, long rows, long positives, long bytes) {
    }

    /**
     * One source column.
     *
     * @param cardinality of the embedding table, id 0 included; 0 for numerical columns
     * @param missingShare share of the training samples that lack it
     * @param treatment the transform, or the frequency threshold
     */
    public record Column(String name, boolean categorical, long cardinality, double missingShare, String treatment) {
    }
}
