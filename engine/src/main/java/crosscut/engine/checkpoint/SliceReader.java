package crosscut.engine.checkpoint;

import crosscut.engine.checkpoint.Safetensors.Named;
import crosscut.engine.parallel.TableShard;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Puts shards together from files that hold other parts of a table. Works on some rows at a time, so that no second copy of a table is needed. */
final class SliceReader implements AutoCloseable {

    private final List<TableSlice> slices;
    private final TableShard wanted;
    private final List<Safetensors.Source> sources = new ArrayList<>();
    private final Arena arena = Arena.ofConfined();

    /**
     * Opens the files.
     *
     * @param slices together they hold every element of the shard
     */
    SliceReader(List<TableSlice> slices, TableShard wanted) throws IOException {
        this.slices = slices;
        this.wanted = wanted;
        try {
            for (TableSlice slice : slices) {
                sources.add(Safetensors.open(slice.file()));
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Reads a tensor of the shard. */
    void read(Device device, Named named) throws IOException {
        Tensor target = named.tensor();
        int widest = slices.stream().mapToInt(TableSlice::columns).reduce(target.columns(), Math::max);
        long rowsAtOnce = Math.clamp(Safetensors.BUFFER_BYTES / (widest * (long) Float.BYTES), 1, target.rows());
        MemorySegment raw = arena.allocate(rowsAtOnce * widest * Float.BYTES, Float.BYTES);
        MemorySegment block = arena.allocate(rowsAtOnce * target.columns() * Float.BYTES, Float.BYTES);
        long rowBytes = target.columns() * (long) Float.BYTES;
        for (long row = 0; row < target.rows(); row += rowsAtOnce) {
            long rows = Math.min(rowsAtOnce, target.rows() - row);
            for (int i = 0; i < slices.size(); i++) {
                copyOverlap(slices.get(i), sources.get(i), named.name(), raw, wanted.firstRow() + row, rows, block);
            }
            device.write(target.memory(), target.byteOffset() + row * rowBytes, block.asSlice(0, rows * rowBytes));
        }
    }

    /** Copies what a file holds of the wanted columns of {@code rows} rows from {@code firstRow} on. */
    private void copyOverlap(TableSlice slice, Safetensors.Source source, String name, MemorySegment raw, long firstRow, long rows, MemorySegment block)
            throws IOException {
        long from = Math.max(slice.firstRow(), firstRow);
        long to = Math.min(slice.endRow(), firstRow + rows);
        if (from >= to) {
            return;
        }
        long rowBytes = slice.columns() * (long) Float.BYTES;
        long start = source.start(name, slice.rows(), slice.columns());
        source.read(start + (from - slice.firstRow()) * rowBytes, raw.asSlice(0, (to - from) * rowBytes));
        int fromColumn = Math.max(slice.firstColumn(), wanted.firstColumn());
        int toColumn = Math.min(slice.endColumn(), wanted.endColumn());
        for (long row = from; row < to; row++) {
            long sourceByte = ((row - from) * slice.columns() + fromColumn - slice.firstColumn()) * Float.BYTES;
            long targetByte = ((row - firstRow) * wanted.columns() + fromColumn - wanted.firstColumn()) * Float.BYTES;
            MemorySegment.copy(raw, sourceByte, block, targetByte, (toColumn - fromColumn) * (long) Float.BYTES);
        }
    }

    @Override
    public void close() throws IOException {
        arena.close();
        for (Safetensors.Source source : sources) {
            source.close();
        }
    }
}
