package crosscut.engine.checkpoint;

import crosscut.engine.checkpoint.Safetensors.Named;
import crosscut.engine.model.DenseLayout.Parameter;
import crosscut.engine.model.DenseParameters;
import crosscut.engine.model.EmbeddingTables;
import crosscut.engine.model.ModelParameters;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which tensor goes into which file under which name: {@code dense.safetensors} holds all dense parameters, the {@link TableFiles} an embedding table or a
 * slice of one each. Beside {@code NAME} lie Adam's moments as {@code NAME.first_moment} and {@code NAME.second_moment}.
 */
final class ParameterFiles {

    static final String DENSE = "dense.safetensors";

    private ParameterFiles() {}

    /** The files that a rank writes, moments included: its own tables, and on rank 0 what all have alike. */
    static Map<String, List<Named>> toWrite(ModelParameters parameters) {
        Map<String, List<Named>> files = new LinkedHashMap<>();
        boolean isFirst = parameters.world().isFirst();
        if (isFirst) {
            files.put(DENSE, dense(parameters.dense(), true));
        }
        EmbeddingTables tables = parameters.embeddings();
        for (int shard = 0; shard < tables.count(); shard++) {
            if (isFirst || !tables.shard(shard).replicated()) {
                files.put(TableFiles.name(tables, shard), table(tables, shard, true));
            }
        }
        return files;
    }

    /**
     * All dense parameters.
     *
     * @param moments whether to include the optimizer's moments, where there are any
     */
    static List<Named> dense(DenseParameters dense, boolean moments) {
        List<Named> tensors = new ArrayList<>();
        addDense(tensors, dense, dense.weights(), "");
        if (moments && dense.firstMoments() != null) {
            addDense(tensors, dense, dense.firstMoments(), ".first_moment");
            addDense(tensors, dense, dense.secondMoments(), ".second_moment");
        }
        return tensors;
    }

    private static void addDense(List<Named> tensors, DenseParameters dense, DeviceMemory memory, String suffix) {
        for (Parameter parameter : dense.layout().parameters()) {
            tensors.add(new Named(parameter.name() + suffix,
                    memory.tensor(parameter.elementOffset() * Float.BYTES, DataType.FLOAT32, parameter.rows(), parameter.columns())));
        }
    }

    /** One shard of an embedding table, with its moments if they are wanted and there are any. */
    static List<Named> table(EmbeddingTables tables, int shard, boolean moments) {
        String name = "embedding." + tables.config(shard).name();
        List<Named> tensors = new ArrayList<>(List.of(new Named(name, tables.weights(shard))));
        if (moments && tables.hasMoments()) {
            tensors.add(new Named(name + ".first_moment", tables.firstMoments(shard)));
            tensors.add(new Named(name + ".second_moment", tables.secondMoments(shard)));
        }
        return tensors;
    }
}
