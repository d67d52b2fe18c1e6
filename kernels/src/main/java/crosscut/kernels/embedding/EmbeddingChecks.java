package crosscut.kernels.embedding;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;
import crosscut.kernels.optimizer.UpdateRule;

/** What every device demands of the tensors of embedding ops. */
final class EmbeddingChecks {

    private EmbeddingChecks() {
    }

    static void gather(TableSet tables, Tensor ids, Tensor output) {
        TensorChecks.floating("output", output);
        ids(tables, ids, output.rows());
        columns(tables, "output", output);
    }

    static void idGroups(int batchSize) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("id groups for batches of " + batchSize);
        }
    }

    static void update(TableSet grouped, int batchSize, Tensor gradient, TableSet tables, UpdateRule rule, Tensor step) {
        sameTables(grouped, tables);
        if (gradient.rows() != batchSize) {
            throw new IllegalArgumentException("gradient is " + gradient.shape() + " where " + batchSize + " rows are needed");
        }
        TensorChecks.floating("gradient", gradient);
        columns(tables, "gradient", gradient);
        if (rule.kind() == UpdateRule.Kind.ADAM && (tables.firstMoments() == null || tables.secondMoments() == null)) {
            throw new IllegalArgumentException("Adam needs memory for both moments");
        }
        UpdateRule.checkStep(step);
    }

    private static void sameTables(TableSet grouped, TableSet tables) {
        if (!grouped.tables().equals(tables.tables())) {
            throw new IllegalArgumentException("the id groups were made for other tables");
        }
    }

    static void countRows(TableSet grouped, Tensor counts) {
        TensorChecks.shape("counts", counts, 1, grouped.tables().size());
        TensorChecks.type("counts", counts, DataType.INT32);
    }

    static void stageRows(TableSet grouped, int batchSize, TableSet tables, RowStage stage) {
        sameTables(grouped, tables);
        if (!RowStage.copies(tables, batchSize).equals(stage.tables().tables())) {
            throw new IllegalArgumentException("the stage was made for other tables or another batch");
        }
    }

    static void ids(TableSet tables, Tensor ids, long batchSize) {
        if (tables.tables().isEmpty()) {
            return;
        }
        TensorChecks.type("ids", ids, DataType.INT32);
        for (EmbeddingTable table : tables.tables()) {
            long end = table.idOffset() + batchSize * table.hotness();
            if (ids.rows() != 1 || end > ids.columns()) {
                throw new IllegalArgumentException("ids are " + ids.shape() + ", but those of table " + table.name() + " end at " + end);
            }
        }
    }

    private static void columns(TableSet tables, String name, Tensor tensor) {
        for (EmbeddingTable table : tables.tables()) {
            int end = table.columnOffset() + table.dimension();
            if (end > tensor.columns()) {
                throw new IllegalArgumentException(name + " is " + tensor.shape() + ", but table " + table.name() + " ends at column " + end);
            }
            long lastByte = (table.elementOffset() + table.elements()) * Float.BYTES;
            if (lastByte > tables.weights().byteSize()) {
                throw new IllegalArgumentException("table " + table.name() + " ends at byte " + lastByte + " of " + tables.weights().byteSize());
            }
        }
    }
}
