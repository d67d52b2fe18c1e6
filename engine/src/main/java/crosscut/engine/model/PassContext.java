package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.Precision;
import crosscut.kernels.device.Device;
import crosscut.kernels.embedding.TableSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the parts of a pass are bound to.
 *
 * @param ids where the ids of all samples lie
 * @param inputs the decoded batch
 * @param tensors of the whole batch
 */
record PassContext(
        Device device, ModelConfig model, Precision precision, DenseParameters parameters, EmbeddingTables tables, IdLayout ids, BatchInputs inputs,
        Dcnv2Tensors tensors) {

    /** Whether all tables are here, so that their rows can be looked up for some samples at a time. */
    boolean hasAllTables() {
        return tables.world().isSingle();
    }

    /** The tables for the look-up of the samples from {@code first} on; needs all of them here. */
    List<TableSet> tableSets(int first) {
        return tables.tableSets(IntStream.range(0, model.tables().size()).mapToObj(table -> new EmbeddingTables.Use(
                table, ids.offset(table) + (long) first * model.tables().get(table).hotness(), model.columnOffset(table))).toList());
    }

    /** The look-up of the samples from {@code first} on; null without tables. */
    LocalEmbeddingLayer lookup(int first, Dcnv2Tensors slice) {
        return model.tables().isEmpty() ? null
                : LocalEmbeddingLayer.forInference(device, new LocalEmbeddingLayer.Lookup(tableSets(first), inputs.ids(), slice.get("x.0")));
    }
}
