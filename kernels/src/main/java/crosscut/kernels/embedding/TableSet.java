package crosscut.kernels.embedding;

import crosscut.kernels.device.DeviceMemory;
import java.util.List;

/**
 * The tables of one device with their optimizer state, all fp32 and laid out alike.
 *
 * @param tables in feature order
 * @param weights all rows of all tables
 * @param firstMoments Adam's m, or null for SGD and for inference
 * @param secondMoments Adam's v, or null for SGD and for inference
 */
public record TableSet(List<EmbeddingTable> tables, DeviceMemory weights, DeviceMemory firstMoments, DeviceMemory secondMoments) {

    public TableSet {
        tables = List.copyOf(tables);
    }

    /** Width of the widest table, 0 without tables. */
    public int largestDimension() {
        return tables.stream().mapToInt(EmbeddingTable::dimension).max().orElse(0);
    }
}
