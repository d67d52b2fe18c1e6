package crosscut.kernels.batch;

import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.PlannedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A reusable host buffer for one batch of raw columns, exactly as tf_raw stores them: labels one byte (0 or 1), numerical (batch, features) row major,
 * per table (samples of its extent, hotness) integers. The reader fills it, {@link BatchOperations} decodes it. Not thread safe: one owner at a time.
 */
public final class RawBatch implements AutoCloseable {

    /** Numbers of the columns: labels, numerical features, then one for every table. */
    static final int LABELS = 0;
    static final int NUMERICAL = 1;
    static final int FIRST_TABLE = 2;

    private static final long ALIGNMENT = 64;

    private final RawBatchLayout layout;
    private final Runnable release;
    private final MemorySegment bytes;
    private final MemorySegment labels;
    private final MemorySegment numerical;
    private final List<MemorySegment> categorical;
    private final ColumnExtent[] extents;
    private final int[] rows = new int[ColumnExtent.values().length];
    private final long[] firstSamples = new long[ColumnExtent.values().length];

    /** Allocates the buffer on the host side of {@code device}. */
    public RawBatch(Device device, RawBatchLayout layout) {
        PlannedMemory planned = planned(layout);
        DeviceMemory allocated = device.allocateHost(planned.owner(), planned.byteSize());
        this(layout, allocated::close, allocated.hostSegment());
    }

    private RawBatch(RawBatchLayout layout, Runnable release, MemorySegment host) {
        this.layout = layout;
        this.release = release;
        bytes = host;
        List<MemorySegment> parts = new ArrayList<>();
        long[] offsets = columnOffsets(layout);
        List<Long> sizes = columnSizes(layout);
        for (int column = 0; column < offsets.length; column++) {
            parts.add(host.asSlice(offsets[column], sizes.get(column)));
        }
        labels = parts.get(LABELS);
        numerical = parts.get(NUMERICAL);
        categorical = List.copyOf(parts.subList(FIRST_TABLE, parts.size()));
        extents = layout.categorical().stream().map(RawBatchLayout.CategoricalColumn::extent).toArray(ColumnExtent[]::new);
    }

    /** A buffer in plain memory, for tools that only look at raw columns and have no device. */
    public static RawBatch withoutDevice(RawBatchLayout layout) {
        Arena arena = Arena.ofShared();
        return new RawBatch(layout, arena::close, arena.allocate(byteSize(layout), ALIGNMENT));
    }

    /** What a buffer takes on the host side of a device. */
    public static PlannedMemory planned(RawBatchLayout layout) {
        return new PlannedMemory("raw batch", byteSize(layout), true);
    }

    /** Bytes of all columns, which follow each other. */
    static long byteSize(RawBatchLayout layout) {
        return columnSizes(layout).stream().mapToLong(RawBatch::aligned).sum();
    }

    /** Where every column starts, in bytes, by its number. */
    static long[] columnOffsets(RawBatchLayout layout) {
        long[] offsets = new long[FIRST_TABLE + layout.categorical().size()];
        List<Long> sizes = columnSizes(layout);
        for (int column = 1; column < offsets.length; column++) {
            offsets[column] = offsets[column - 1] + aligned(sizes.get(column - 1));
        }
        return offsets;
    }

    private static List<Long> columnSizes(RawBatchLayout layout) {
        List<Long> sizes = new ArrayList<>();
        sizes.add((long) layout.batchSize());
        sizes.add((long) layout.batchSize() * layout.numericalFeatures() * layout.numericalType().byteSize());
        for (RawBatchLayout.CategoricalColumn column : layout.categorical()) {
            sizes.add((long) layout.samples(column.extent()) * column.sampleBytes());
        }
        return sizes;
    }

    private static long aligned(long size) {
        return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    public RawBatchLayout layout() {
        return layout;
    }

    /** All columns, for a copy of the whole batch. */
    MemorySegment bytes() {
        return bytes;
    }

    /** One byte per sample, 0 or 1. */
    public MemorySegment labels() {
        return labels;
    }

    /** (batch, numerical features), row major. */
    public MemorySegment numerical() {
        return numerical;
    }

    /** (samples of the column's extent, hotness) ids of one table, in the column's integer type. */
    public MemorySegment categorical(int table) {
        return categorical.get(table);
    }

    /** Which samples' ids there are of one table. */
    public ColumnExtent extent(int table) {
        return extents[table];
    }

    /** Valid samples of {@link ColumnExtent#SHARE}. */
    public int rows() {
        return rows(ColumnExtent.SHARE);
    }

    /** Valid samples of columns with such an extent; the rest of a column is left over from earlier batches and is decoded as id 0. */
    public int rows(ColumnExtent extent) {
        return rows[extent.ordinal()];
    }

    /** Index of the first sample of such columns among all that are read, for messages. */
    public long firstSample(ColumnExtent extent) {
        return firstSamples[extent.ordinal()];
    }

    /** Says what all columns of a buffer hold that is not shared. */
    public void describe(int newRows, long newFirstSample) {
        if (layout.globalBatch() != layout.batchSize()) {
            throw new IllegalArgumentException("a buffer for " + layout.batchSize() + " samples of " + layout.globalBatch() + " holds those of two extents");
        }
        describe(ColumnExtent.SHARE, newRows, newFirstSample);
        describe(ColumnExtent.GLOBAL, newRows, newFirstSample);
    }

    /** Says what columns with such an extent hold, or are to hold. */
    public void describe(ColumnExtent extent, int newRows, long newFirstSample) {
        if (newRows < 0 || newRows > layout.samples(extent)) {
            throw new IllegalArgumentException(newRows + " samples in a buffer of " + layout.samples(extent));
        }
        rows[extent.ordinal()] = newRows;
        firstSamples[extent.ordinal()] = newFirstSample;
    }

    @Override
    public void close() {
        release.run();
    }
}
