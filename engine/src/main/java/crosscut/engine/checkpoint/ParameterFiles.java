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
 * Which tensor goes into which file under which name: {@code dense.safetensors} holds all dense parameters, {@code table-<index>.safetensors} one embedding
 * table each. Beside {@code NAME} lie Adam's moments as {@code NAME.first_moment} and {@code NAME.second_moment}.
 */
final class ParameterFiles {

    private static final String DENSE = "dense.safetensors";

    private ParameterFiles() {}

    /**
     * The files that a rank reads: dense parameters and its own tables.
     *
     * @param moments whether to include the optimizer's moments, where there are any
     */
    static Map<String, List<Named>> toRead(ModelParameters parameters, boolean moments) {
        Map<String, List<Named>> files = new LinkedHashMap<>();
        files.put(DENSE, dense(parameters.dense(), moments));
        EmbeddingTables tables = parameters.embeddings();
        for (int table = 0; table < tables.count(); table++) {
            files.put("table-%04d.safetensors".formatted(tables.index(table)), table(tables, table, moments));
        }
        return files;
    }

    /** The files that a rank writes, moments included: its own tables, and on rank 0 the dense parameters, which all have alike. */
    static Map<String, List<Named>> toWrite(ModelParameters parameters) {
        Map<String, List<Named>> files = toRead(parameters, true);
        if (!parameters.world().isFirst()) {
            files.remove(DENSE);
        }
        return files;
    }

    private static List<Named> dense(DenseParameters dense, boolean moments) {
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

    private static List<Named> table(EmbeddingTables tables, int table, boolean moments) {
        String name = "embedding." + tables.config(table).name();
        List<Named> tensors = new ArrayList<>(List.of(new Named(name, tables.view(tables.weights(), table))));
        if (moments && tables.firstMoments() != null) {
            tensors.add(new Named(name + ".first_moment", tables.view(tables.firstMoments(), table)));
            tensors.add(new Named(name + ".second_moment", tables.view(tables.secondMoments(), table)));
        }
        return tensors;
    }
}
