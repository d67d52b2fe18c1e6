package crosscut.kernels.batch;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.RowBuffer;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Decodes one raw batch. A part is one table (or the labels, or the numerical features), a piece one block of its samples; pieces are numbered part by part,
 * and the pool reports the failure of the lowest piece, so what is reported is the first bad id of the first bad table, whoever found it.
 */
final class CpuBatchDecode implements Operation, WorkerPool.Task {

    private static final int BLOCK_SAMPLES = 4096;

    /** Values of a batch up to which handing pieces to other threads takes longer than decoding them. */
    private static final int FEW_VALUES = 4096;

    private final WorkerPool pool;
    private final RawBatchLayout layout;
    private final BatchOperations.Source source;
    private final RawBatchLayout.CategoricalColumn[] columns;
    private final long[] idOffsets;
    private final RowBuffer numerical;
    private final Tensor ids;
    private final Tensor labels;
    private final int[] samples;
    private final int[] firstPieces;
    private final int piecesOfTask;
    private RawBatch batch;

    CpuBatchDecode(WorkerPool pool, RawBatchLayout layout, BatchOperations.Source source, Tensor numerical, Tensor ids, Tensor labels) {
        this.pool = pool;
        this.layout = layout;
        this.source = source;
        this.columns = layout.categorical().toArray(RawBatchLayout.CategoricalColumn[]::new);
        this.idOffsets = new long[columns.length];
        for (int table = 0; table < columns.length; table++) {
            idOffsets[table] = layout.idOffset(table);
        }
        this.numerical = layout.numericalFeatures() == 0 ? null : new RowBuffer(numerical, layout.numericalFeatures(), pool.threads());
        this.ids = ids;
        this.labels = labels;
        this.samples = new int[columns.length + 2];
        for (int table = 0; table < columns.length; table++) {
            samples[table] = layout.samples(columns[table].extent());
        }
        samples[columns.length] = layout.batchSize();
        samples[columns.length + 1] = layout.numericalFeatures() == 0 ? 0 : layout.batchSize();
        this.firstPieces = new int[samples.length + 1];
        for (int part = 0; part < samples.length; part++) {
            firstPieces[part + 1] = firstPieces[part] + Math.ceilDiv(samples[part], BLOCK_SAMPLES);
        }
        this.piecesOfTask = values(layout) <= FEW_VALUES ? Math.max(1, pieces()) : 1;
    }

    private static long values(RawBatchLayout layout) {
        return layout.idsPerBatch() + layout.batchSize() * (1L + layout.numericalFeatures());
    }

    @Override
    public void launch(Stream stream) {
        batch = source.current();
        if (batch.layout() != layout && !batch.layout().equals(layout)) {
            throw new IllegalArgumentException("the raw batch has other columns than the decoder was made for");
        }
        pool.parallel(pieces() / piecesOfTask, this);
    }

    private int pieces() {
        return firstPieces[samples.length];
    }

    @Override
    public void run(int index, int worker) {
        for (int piece = index * piecesOfTask; piece < (index + 1) * piecesOfTask; piece++) {
            decode(piece, worker);
        }
    }

    private void decode(int piece, int worker) {
        int part = 0;
        while (firstPieces[part + 1] <= piece) {
            part++;
        }
        int first = (piece - firstPieces[part]) * BLOCK_SAMPLES;
        int end = Math.min(first + BLOCK_SAMPLES, samples[part]);
        if (part < columns.length) {
            decodeIds(part, first, Math.clamp(batch.rows(columns[part].extent()), first, end), end);
            return;
        }
        int valid = Math.clamp(batch.rows(), first, end);
        if (part == columns.length) {
            decodeLabels(first, valid, end);
        } else {
            decodeNumerical(first, valid, end, worker);
        }
    }

    private void decodeIds(int table, int first, int valid, int end) {
        RawBatchLayout.CategoricalColumn column = columns[table];
        MemorySegment raw = batch.categorical(table);
        MemorySegment target = ids.hostSegment();
        long hotness = column.hotness();
        long targetOffset = ids.byteOffset(0, idOffsets[table]);
        int largest = (int) Math.min(column.cardinality() - 1, Integer.MAX_VALUE);
        DataType type = column.type();
        int outside = 0;
        for (long index = first * hotness; index < valid * hotness; index++) {
            int id = readId(raw, type, index);
            // The sign bit stays set once an id was negative or larger than the largest.
            outside |= id | (largest - id);
            target.set(ValueLayout.JAVA_INT, targetOffset + index * Integer.BYTES, id);
        }
        if (outside < 0) {
            throw firstOutside(column, raw, first, largest);
        }
        for (long index = valid * hotness; index < end * hotness; index++) {
            target.set(ValueLayout.JAVA_INT, targetOffset + index * Integer.BYTES, 0);
        }
    }

    private InvalidIdException firstOutside(RawBatchLayout.CategoricalColumn column, MemorySegment raw, int firstSample, int largest) {
        long index = (long) firstSample * column.hotness();
        int id = readId(raw, column.type(), index);
        while (id >= 0 && id <= largest) {
            index++;
            id = readId(raw, column.type(), index);
        }
        return new InvalidIdException(column.name(), batch.firstSample(column.extent()) + index / column.hotness(), id, column.cardinality());
    }

    private static int readId(MemorySegment raw, DataType type, long index) {
        return switch (type) {
            case INT8 -> raw.get(ValueLayout.JAVA_BYTE, index);
            case INT16 -> raw.get(ValueLayout.JAVA_SHORT, index * Short.BYTES);
            default -> raw.get(ValueLayout.JAVA_INT, index * Integer.BYTES);
        };
    }

    private void decodeLabels(int first, int valid, int end) {
        MemorySegment raw = batch.labels();
        MemorySegment target = labels.hostSegment();
        long firstSample = batch.firstSample(ColumnExtent.SHARE);
        for (int sample = first; sample < end; sample++) {
            int label = sample < valid ? raw.get(ValueLayout.JAVA_BYTE, sample) : 0;
            if ((label & 1) != label) {
                throw new InvalidLabelException(firstSample + sample, label);
            }
            target.set(ValueLayout.JAVA_FLOAT, labels.byteOffset(0, sample), label);
        }
    }

    private void decodeNumerical(int first, int valid, int end, int worker) {
        MemorySegment raw = batch.numerical();
        int features = layout.numericalFeatures();
        boolean half = layout.numericalType() == DataType.FLOAT16;
        long firstSample = batch.firstSample(ColumnExtent.SHARE);
        for (int sample = first; sample < end; sample++) {
            long target = numerical.target(sample, 0, worker);
            for (int column = 0; column < features; column++) {
                float value = sample < valid ? readValue(raw, half, (long) sample * features + column) : 0;
                if (!Float.isFinite(value)) {
                    throw new InvalidValueException(column, firstSample + sample, value);
                }
                numerical.segment().set(ValueLayout.JAVA_FLOAT, target + (long) column * Float.BYTES, value);
            }
            numerical.store(sample, 0, features, worker);
        }
    }

    private static float readValue(MemorySegment raw, boolean half, long index) {
        return half
                ? Float.float16ToFloat(raw.get(ValueLayout.JAVA_SHORT, index * Short.BYTES))
                : raw.get(ValueLayout.JAVA_FLOAT, index * Float.BYTES);
    }
}
