package crosscut.engine.checkpoint;

import crosscut.engine.checkpoint.Safetensors.Named;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Puts tensors together from files that hold other columns than those wanted. Works on some rows at a time, so that no second copy of a table is needed. */
final class ColumnReader implements AutoCloseable {

    private final List<ColumnSlice> slices;
    private final List<Safetensors.Source> sources = new ArrayList<>();
    private final Arena arena = Arena.ofConfined();

    /**
     * Opens the files.
     *
     * @param slices together they hold every column that will be asked for
     */
    ColumnReader(List<ColumnSlice> slices) throws IOException {
        this.slices = slices;
        try {
            for (ColumnSlice slice : slices) {
                sources.add(Safetensors.open(slice.file()));
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Reads a tensor.
     *
     * @param firstColumn column of the whole table that the tensor's column 0 is
     */
    void read(Device device, Named named, int firstColumn) throws IOException {
        Tensor target = named.tensor();
        int widest = slices.stream().mapToInt(ColumnSlice::columns).reduce(target.columns(), Math::max);
        long rowsAtOnce = Math.clamp(Safetensors.BUFFER_BYTES / (widest * (long) Float.BYTES), 1, target.rows());
        MemorySegment raw = arena.allocate(rowsAtOnce * widest * Float.BYTES, Float.BYTES);
        MemorySegment wanted = arena.allocate(rowsAtOnce * target.columns() * Float.BYTES, Float.BYTES);
        for (long row = 0; row < target.rows(); row += rowsAtOnce) {
            long rows = Math.min(rowsAtOnce, target.rows() - row);
            for (int i = 0; i < slices.size(); i++) {
                ColumnSlice slice = slices.get(i);
                long rowBytes = slice.columns() * (long) Float.BYTES;
                long start = sources.get(i).start(named.name(), target.rows(), slice.columns());
                sources.get(i).read(start + row * rowBytes, raw.asSlice(0, rows * rowBytes));
                copyColumns(slice, raw, firstColumn, target.columns(), wanted, rows);
            }
            long targetRowBytes = target.columns() * (long) Float.BYTES;
            device.write(target.memory(), target.byteOffset() + row * targetRowBytes, wanted.asSlice(0, rows * targetRowBytes));
        }
    }

    private static void copyColumns(ColumnSlice slice, MemorySegment raw, int firstColumn, int columns, MemorySegment wanted, long rows) {
        int from = Math.max(slice.firstColumn(), firstColumn);
        int to = Math.min(slice.endColumn(), firstColumn + columns);
        for (long row = 0; row < rows; row++) {
            long source = (row * slice.columns() + from - slice.firstColumn()) * Float.BYTES;
            long target = (row * columns + from - firstColumn) * Float.BYTES;
            MemorySegment.copy(raw, source, wanted, target, (to - from) * (long) Float.BYTES);
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
