package crosscut.engine.profile;

import crosscut.engine.cost.CountedRows;
import crosscut.engine.cost.OperationCall;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.embedding.EmbeddingOperations.IdGroups;
import crosscut.kernels.embedding.EmbeddingTable;
import crosscut.kernels.embedding.TableSet;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The ids that a step has grouped, those of other ranks' samples for this rank's tables included, and how many distinct rows they name. */
final class GroupedRows {

    private final Map<IdGroups, List<EmbeddingTable>> tables = new LinkedHashMap<>();

    /** Takes note of an op that was bound. */
    void bound(OperationCall call) {
        if (call.qualifiedName().equals("EmbeddingOperations.update")) {
            tables.put(call.argument(0, IdGroups.class), call.argument(2, TableSet.class).tables());
        }
    }

    /** Waits for the newest step and counts its rows on {@code device}. */
    CountedRows count(Device device) {
        Map<String, Integer> counts = new HashMap<>();
        tables.forEach((groups, grouped) -> {
            int[] rows = count(device, groups, grouped.size());
            for (int table = 0; table < rows.length; table++) {
                counts.put(grouped.get(table).name(), rows[table]);
            }
        });
        return new CountedRows(counts);
    }

    private static int[] count(Device device, IdGroups groups, int tables) {
        try (DeviceMemory memory = device.allocate("distinct rows", (long) tables * Integer.BYTES); Stream stream = device.createStreamWithoutProducts("distinct rows")) {
            Tensor counts = memory.tensor(0, DataType.INT32, 1, tables);
            MemorySegment onHost = MemorySegment.ofArray(new int[tables]);
            // Waits for the step, which has read what is counted now.
            device.read(memory, 0, onHost);
            device.embedding().countRows(groups, counts).launch(stream);
            stream.synchronize();
            device.read(memory, 0, onHost);
            return onHost.toArray(ValueLayout.JAVA_INT);
        }
    }
}
