package crosscut.engine.cost;

import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.embedding.EmbeddingOperations.IdGroups;
import crosscut.kernels.embedding.EmbeddingTable;
import crosscut.kernels.embedding.RowStage;
import crosscut.kernels.embedding.TableSet;
import crosscut.kernels.loss.LastLayer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What an op must do at least: its arithmetic as a matrix product (others are bound by memory, so theirs is not counted), and its bytes when every input is
 * read once and every output written once.
 *
 * @param layer what the engine calls the part of the model, empty where it has no name
 * @param name op and shapes, for people
 * @param isProduct whether arithmetic may bind it
 * @param operations multiplications and additions of a product, 2 m n k; 0 for others
 * @param bytes read and written
 * @param hostBytes those of them that a device with memory of its own reads and writes in the host's, over its bus
 */
public record OperationCost(String layer, String name, boolean isProduct, double operations, double bytes, double hostBytes) {

    private static final int LONGEST_SHAPES = 60;

    /** A radix sort of 64-bit (row, position) pairs in three passes: the first reads ids twice and writes pairs, the others read pairs twice and write them. */
    private static final int SORT_BYTES_PER_ID = (2 * Integer.BYTES + Long.BYTES) + 2 * (2 * Long.BYTES + Long.BYTES);

    /**
     * The cost of an op.
     *
     * @param rows says how many distinct rows of a table a batch touches
     * @param masks what has been bound so far, this op and the ways back of its layer included
     */
    public static OperationCost of(OperationCall call, DistinctRows rows, ReluMasks masks) {
        return switch (call.qualifiedName()) {
            case "MatrixProducts.forward" -> product(call, pick(call, 0, 1, 2, 4), masks.bytes(call.tensor(4)), call.tensor(1));
            case "MatrixProducts.inputGradient" -> inputGradient(call, masks);
            case "MatrixProducts.weightGradient" -> product(call, pick(call, 0, 1, 2, 3), 0, call.tensor(2));
            case "LossOperations.lastLayer" -> lastLayer(call);
            case "CrossOperations.inputGradient" -> memory(call, crossGradientInputs(call), pick(call, 5));
            case "EmbeddingOperations.gather" -> gather(call, rows);
            case "EmbeddingOperations.groupIds" -> groupIds(call);
            case "EmbeddingOperations.stageRows" -> stageRows(call, rows);
            case "EmbeddingOperations.update" -> embeddingUpdate(call, rows);
            case "OptimizerOperations.update" -> memory(call, pick(call, 1, 2, 3, 4), pick(call, 1, 3, 4, 5));
            case "Decoder.decode" -> decode(call);
            default -> memory(call, call.allTensors(), List.of());
        };
    }

    /** The same cost as a part of a layer. */
    public OperationCost in(String newLayer) {
        return new OperationCost(newLayer, name, isProduct, operations, bytes, hostBytes);
    }

    private static OperationCost product(OperationCall call, List<Tensor> touched, double furtherBytes, Tensor weights) {
        double operations = 2.0 * call.tensor(0).rows() * weights.rows() * weights.columns();
        return new OperationCost("", name(call), true, operations, bytes(touched) + furtherBytes, 0);
    }

    private static OperationCost inputGradient(OperationCall call, ReluMasks masks) {
        double maskBytes = masks.bytes(call.tensor(3));
        List<Tensor> read = maskBytes > 0 ? pick(call, 0, 1, 2) : pick(call, 0, 1, 2, 3);
        // The result may take the place of the residual, and then that memory is read and written.
        return product(call, read, maskBytes + bytes(pick(call, 4)), call.tensor(1));
    }

    /** Three products of one output: forward, and the gradients of input and weights. */
    private static OperationCost lastLayer(OperationCall call) {
        return new OperationCost("", name(call), true, 3 * 2.0 * call.argument(0, LastLayer.class).x().elements(), bytes(call.allTensors()), 0);
    }

    private static OperationCost memory(OperationCall call, List<Tensor> read, List<Tensor> written) {
        return new OperationCost("", name(call), false, 0, bytes(read) + bytes(written), 0);
    }

    /** The ReLU's mask is read in the bottom MLP's columns of x0 alone. */
    private static List<Tensor> crossGradientInputs(OperationCall call) {
        List<Tensor> read = new ArrayList<>(call.tensors(0));
        read.addAll(call.tensors(1));
        read.addAll(pick(call, 2));
        read.add(call.tensor(3).columnRange(0, call.argument(4, Integer.class)));
        return read;
    }

    /** Rows that occur several times come from a cache; each is read once from memory. */
    private static OperationCost gather(OperationCall call, DistinctRows rows) {
        Tensor ids = call.tensor(1);
        Tensor output = call.tensor(2);
        TableSet tables = call.argument(0, TableSet.class);
        double bytes = 0;
        double rowBytes = 0;
        for (EmbeddingTable table : tables.tables()) {
            rowBytes += rowsHere(table, rows, output.rows() * table.hotness()) * table.dimension() * Float.BYTES;
            bytes += (double) output.rows() * (table.hotness() * ids.type().byteSize() + table.dimension() * output.type().byteSize());
        }
        return withRows(call, tables, bytes, rowBytes);
    }

    private static OperationCost groupIds(OperationCall call) {
        return new OperationCost("", name(call), false, 0, (double) call.argument(1, IdGroups.class).ids() * SORT_BYTES_PER_ID, 0);
    }

    /** Reads every pair and writes every place, reads the rows that occur and writes their copies. */
    private static OperationCost stageRows(OperationCall call, DistinctRows rows) {
        TableSet tables = call.argument(1, TableSet.class);
        RowStage stage = call.argument(2, RowStage.class);
        double rowBytes = 0;
        for (int index = 0; index < tables.tables().size(); index++) {
            EmbeddingTable table = tables.tables().get(index);
            long ids = stage.tables().tables().get(index).rows();
            rowBytes += rowsHere(table, rows, ids) * table.dimension() * Float.BYTES;
        }
        return withRows(call, tables, stage.places().elements() * (double) (Long.BYTES + Integer.BYTES) + rowBytes, rowBytes);
    }

    /** Reads the gradient once and every id's (row, position) pair; reads and writes weights and moments of the rows that occur. */
    private static OperationCost embeddingUpdate(OperationCall call, DistinctRows rows) {
        Tensor gradient = call.tensor(1);
        TableSet tables = call.argument(2, TableSet.class);
        int copies = tables.firstMoments() == null ? 1 : 3;
        double bytes = 0;
        double rowBytes = 0;
        for (EmbeddingTable table : tables.tables()) {
            long ids = gradient.rows() * table.hotness();
            bytes += gradient.rows() * partHere(table) * table.dimension() * gradient.type().byteSize() + (double) ids * Long.BYTES;
            rowBytes += rowsHere(table, rows, ids) * table.dimension() * Float.BYTES * copies * 2;
        }
        return withRows(call, tables, bytes, rowBytes);
    }

    /** Distinct rows of those that are here, as if ids were even. */
    private static double rowsHere(EmbeddingTable table, DistinctRows rows, long ids) {
        return rows.count(table.name(), table.cardinality(), ids) * partHere(table);
    }

    private static double partHere(EmbeddingTable table) {
        return (double) table.rows() / table.cardinality();
    }

    /** @param rowBytes those of rows of {@code tables}, which may be in host memory */
    private static OperationCost withRows(OperationCall call, TableSet tables, double bytes, double rowBytes) {
        return new OperationCost("", name(call), false, 0, bytes + rowBytes, tables.weights().isOnHost() ? rowBytes : 0);
    }

    private static OperationCost decode(OperationCall call) {
        RawBatchLayout layout = call.argument(0, RawBatchLayout.class);
        return new OperationCost("", name(call), false, 0, layout.bytesPerBatch() + bytes(call.allTensors()), 0);
    }

    private static List<Tensor> pick(OperationCall call, Integer... places) {
        return present(call, List.of(places));
    }

    /** The tensors at these places, nulls left out. */
    private static List<Tensor> present(OperationCall call, List<Integer> places) {
        return places.stream().filter(place -> call.arguments().get(place) != null).map(call::tensor).toList();
    }

    /** A tensor that is named twice is touched once. */
    private static double bytes(List<Tensor> tensors) {
        return new LinkedHashSet<>(tensors).stream().mapToDouble(tensor -> (double) tensor.elements() * tensor.type().byteSize()).sum();
    }

    private static String name(OperationCall call) {
        String shapes = call.allTensors().stream().map(tensor -> tensor.rows() + "x" + tensor.columns()).collect(Collectors.joining(" "));
        return call.qualifiedName() + " " + (shapes.length() <= LONGEST_SHAPES ? shapes : shapes.substring(0, LONGEST_SHAPES - 3) + "...");
    }
}
