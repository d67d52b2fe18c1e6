package crosscut.kernels.embedding;

import crosscut.kernels.device.CpuFixture;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Tables with random content, and ids for one batch. */
final class EmbeddingCase {

    /** What a test wants of one table. */
    record Shape(long rows, int dimension, int hotness, Pooling pooling) {
    }

    /** Chooses an id. */
    interface Ids {

        long at(int table, long rows, int position);
    }

    final CpuFixture fixture;
    final TableSet tables;
    final Tensor weights;
    final Tensor firstMoments;
    final Tensor secondMoments;
    final Tensor ids;
    final int batchSize;
    final int columns;

    EmbeddingCase(CpuFixture fixture, List<Shape> shapes, int batchSize, Ids chosen, Random random) {
        this(fixture, shapes, batchSize, chosen, random, false);
    }

    /**
     * Makes tables, ids and room for them.
     *
     * @param aligned whether memory and columns start where a table with a fitting dimension can be accessed in vectors
     */
    EmbeddingCase(CpuFixture fixture, List<Shape> shapes, int batchSize, Ids chosen, Random random, boolean aligned) {
        this.fixture = fixture;
        this.batchSize = batchSize;
        List<EmbeddingTable> list = new ArrayList<>();
        long elements = aligned ? 8 : 5;
        long idCount = 2;
        int column = aligned ? 8 : 3;
        for (Shape shape : shapes) {
            list.add(new EmbeddingTable("t" + list.size(), shape.rows(), shape.dimension(), shape.hotness(), shape.pooling(), elements, idCount, column));
            elements += shape.rows() * shape.dimension();
            idCount += (long) batchSize * shape.hotness();
            column += shape.dimension();
        }
        columns = column;
        weights = fixture.random(DataType.FLOAT32, 1, (int) elements, 0, 1, random);
        firstMoments = fixture.random(DataType.FLOAT32, 1, (int) elements, 0, 1, random);
        secondMoments = fixture.zeros(DataType.FLOAT32, 1, (int) elements);
        CpuFixture.fill(secondMoments, (row, element) -> random.nextDouble());
        ids = fixture.zeros(DataType.INT32, 1, (int) idCount);
        for (int table = 0; table < list.size(); table++) {
            for (int position = 0; position < batchSize * shapes.get(table).hotness(); position++) {
                long offset = ids.byteOffset(0, list.get(table).idOffset() + position);
                ids.hostSegment().set(ValueLayout.JAVA_INT, offset, (int) chosen.at(table, shapes.get(table).rows(), position));
            }
        }
        tables = new TableSet(list, memory(weights), memory(firstMoments), memory(secondMoments));
    }

    private static DeviceMemory memory(Tensor tensor) {
        return tensor.memory();
    }

    int id(EmbeddingTable table, int position) {
        return (int) CpuFixture.get(ids, 0, (int) table.idOffset() + position);
    }

    static int element(EmbeddingTable table, int id, int column) {
        return (int) (table.elementOffset() + (long) id * table.dimension() + column);
    }
}
