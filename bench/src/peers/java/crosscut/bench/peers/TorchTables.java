package crosscut.bench.peers;

import crosscut.kernels.optimizer.UpdateRule;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The embedding tables: one {@code nn.Embedding} with sparse gradients per feature, or all in one. */
final class TorchTables {

    private final List<Table> tables = new ArrayList<>();
    private final List<SparseAdam> optimizers = new ArrayList<>();
    private final long batch;

    /**
     * A table and the ids that it is asked for.
     *
     * @param weight (rows, dimension)
     * @param ids (batch), or (batch, features)
     */
    private record Table(Tensor weight, Tensor ids) {}

    /**
     * What the tables are made from.
     *
     * @param rows of every table
     * @param dimension columns of every table
     * @param batch ids per table
     * @param weights fp32 values of a table
     * @param ids of a table
     */
    record Source(List<Long> rows, int dimension, int batch, IntFunction<MemorySegment> weights, IntFunction<int[]> ids) {}

    /** Copies tables and ids; before {@link #learn} they can only be read. */
    TorchTables(Source source, boolean concatenated) {
        batch = source.batch();
        if (concatenated) {
            tables.add(concatenated(source));
        } else {
            for (int table = 0; table < source.rows().size(); table++) {
                Tensor weight = TorchTensors.copy(source.weights().apply(table), source.rows().get(table), source.dimension());
                tables.add(new Table(weight, ids(source, table, 0)));
            }
        }
    }

    /** Allocates moments and makes {@code backward} compute gradients. */
    void learn(UpdateRule adam) {
        for (Table table : tables) {
            optimizers.add(new SparseAdam(table.weight(), adam));
            table.weight().set_requires_grad(true);
        }
    }

    private static Table concatenated(Source source) {
        int features = source.rows().size();
        Tensor weight = torch.empty(source.rows().stream().mapToLong(Long::longValue).sum(), source.dimension());
        Tensor[] ids = new Tensor[features];
        long first = 0;
        for (int table = 0; table < features; table++) {
            long rows = source.rows().get(table);
            weight.narrow(0, first, rows).copy_(TorchTensors.view(source.weights().apply(table), rows, source.dimension()));
            ids[table] = ids(source, table, first);
            first += rows;
        }
        return new Table(weight, torch.stack(new TensorVector(ids), 1));
    }

    private static Tensor ids(Source source, int table, long offset) {
        int[] ids = source.ids().apply(table);
        long[] rows = new long[ids.length];
        for (int sample = 0; sample < ids.length; sample++) {
            rows[sample] = offset + ids[sample];
        }
        return Tensor.create(rows, rows.length);
    }

    /** The vectors of the batch, (batch, columns) each, side by side in the order of the features. */
    List<Tensor> vectors() {
        List<Tensor> vectors = new ArrayList<>(tables.size());
        for (Table table : tables) {
            vectors.add(torch.embedding(table.weight(), table.ids(), -1, false, true).view(batch, -1));
        }
        return vectors;
    }

    /** Updates the rows that occurred by the gradients that {@code backward} left; they are gone afterwards. */
    void update(double stepSize) {
        for (int table = 0; table < tables.size(); table++) {
            Tensor weight = tables.get(table).weight();
            optimizers.get(table).step(weight.grad(), stepSize);
            weight.mutable_grad().reset();
        }
    }

    /** Updates the rows that occurred by the gradient of all vectors, (batch, columns of all tables). */
    void update(Tensor gradient, double stepSize) {
        long firstColumn = 0;
        for (int index = 0; index < tables.size(); index++) {
            Table table = tables.get(index);
            long columns = table.ids().numel() / batch * table.weight().size(1);
            Tensor ofTable = gradient.narrow(1, firstColumn, columns).reshape(-1, table.weight().size(1));
            Tensor sparse = torch.embedding_sparse_backward(ofTable, table.ids().reshape(-1), table.weight().size(0), -1, false);
            optimizers.get(index).step(sparse, stepSize);
            firstColumn += columns;
        }
    }

    /** The weights of all tables, one tensor each. */
    List<Tensor> weights() {
        return tables.stream().map(Table::weight).toList();
    }
}
