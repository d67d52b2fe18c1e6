package crosscut.kernels.batch;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.StagedUpload;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaDevice;
import crosscut.kernels.device.cuda.CudaStream;
import crosscut.kernels.device.cuda.KernelArguments;
import crosscut.kernels.device.cuda.Span;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Decoding on a GPU. A raw batch is copied to the device when the one before has been decoded; what follows the decoding does not need it any more. A header in
 * device memory, written before every decoding, tells of the batch, so that the kernel's own arguments never change. What is wrong with the values is gathered
 * in a record in device memory.
 */
final class CudaDecoder implements Decoder {

    static final String FAMILY = "batch";
    private static final int THREADS = 256;

    private static final String RAW_OWNER = "raw batch on the device";

    /** Headers that may be on their way: how many steps the host may be ahead of the GPU before it waits here. */
    private static final int HEADERS = 8;

    /** {@code BatchHeader} of {@code batch.cu}: address, first sample and rows of both extents, and sequence number. */
    private static final long HEADER_BYTES = 40;
    private static final long FIRST_SAMPLES_OF_HEADER = 8;
    private static final long ROWS_OF_HEADER = 24;
    private static final long SEQUENCE_OF_HEADER = 32;

    /** {@code BadValue} of {@code batch.cu}: key, first sample, bits and a count of blocks that is always 0 between launches. */
    private static final long BAD_VALUE_BYTES = 24;
    private static final long FIRST_SAMPLE_OF_BAD_VALUE = 8;
    private static final long BITS_OF_BAD_VALUE = 16;
    private static final long NOTHING_BAD = -1;

    /** {@code POSITION_BITS} of {@code batch.cu}; the rest of a key is the sequence number. */
    private static final int POSITION_BITS = 36;
    private static final int MOST_BATCHES_BETWEEN_CHECKS = (1 << Long.SIZE - POSITION_BITS) - 1;

    private final CudaDevice device;
    private final RawBatchLayout layout;
    private final BatchOperations.Source source;
    private final RawParts parts;
    private final List<DeviceMemory> memories = new ArrayList<>();
    private final DeviceMemory raw;
    private final StagedUpload header;
    private final DeviceMemory badValue;
    private final MemorySegment badValueOnHost = Arena.ofAuto().allocate(BAD_VALUE_BYTES, Long.BYTES);
    private final Operation decode;
    private int sequence;

    CudaDecoder(CudaDevice device, RawBatchLayout layout, BatchOperations.Source source, Tensor numerical, Tensor ids, Tensor labels) {
        this.device = device;
        this.layout = layout;
        this.source = source;
        parts = new RawParts(layout);
        if (parts.values() > 1L << POSITION_BITS) {
            throw new IllegalArgumentException("a batch of " + parts.values() + " values; the GPU decodes up to " + (1L << POSITION_BITS));
        }
        raw = keep(device.allocate(RAW_OWNER, RawBatch.byteSize(layout)));
        DeviceMemory headerOnDevice = keep(device.allocate("header of the raw batch", HEADER_BYTES));
        header = device.createUpload(headerOnDevice.tensor(0, DataType.INT64, 1, (int) (HEADER_BYTES / Long.BYTES)), HEADERS);
        badValue = keep(device.allocate("first bad value", BAD_VALUE_BYTES));
        forgetBadValue();
        KernelArguments arguments = new KernelArguments().address(headerOnDevice.address())
                .address(keep(device.context().upload("columns of the raw batch", parts.fields())).address())
                .address(keep(device.context().upload("columns of the decode kernel's blocks", parts.partOfBlock())).address());
        boolean hasNumerical = layout.numericalFeatures() > 0;
        arguments.address(hasNumerical ? numerical.address() : 0).int64(hasNumerical ? numerical.rowStride() : 0)
                .address(layout.categorical().isEmpty() ? 0 : ids.address()).tensor(labels).address(badValue.address());
        String function = "decode_" + Span.suffix(hasNumerical ? numerical.type() : DataType.FLOAT32);
        decode = device.context().kernel(FAMILY, function).bind(parts.blocks(), THREADS, 0, arguments);
    }

    /** What raw batches are copied to. */
    static PlannedMemory plannedRaw(RawBatchLayout layout) {
        return new PlannedMemory(RAW_OWNER, RawBatch.byteSize(layout));
    }

    private DeviceMemory keep(DeviceMemory memory) {
        memories.add(memory);
        return memory;
    }

    @Override
    public void upload(Stream stream) {
        RawBatch batch = source.current();
        if (batch.layout() != layout && !batch.layout().equals(layout)) {
            throw new IllegalArgumentException("the raw batch has other columns than the decoder was made for");
        }
        if (sequence == MOST_BATCHES_BETWEEN_CHECKS) {
            throw new IllegalStateException(sequence + " batches were decoded without a check");
        }
        device.context().driver().copyToDeviceAsync(raw.address(), batch.bytes().address(), batch.bytes().byteSize(), CudaStream.handle(stream));
        writeHeader(batch);
        header.launch(stream);
    }

    private void writeHeader(RawBatch batch) {
        MemorySegment next = header.next();
        next.set(ValueLayout.JAVA_LONG, 0, raw.address());
        writeExtent(next, batch, ColumnExtent.SHARE);
        writeExtent(next, batch, ColumnExtent.GLOBAL);
        next.set(ValueLayout.JAVA_INT, SEQUENCE_OF_HEADER, sequence++);
    }

    private static void writeExtent(MemorySegment header, RawBatch batch, ColumnExtent extent) {
        header.set(ValueLayout.JAVA_LONG, FIRST_SAMPLES_OF_HEADER + extent.ordinal() * (long) Long.BYTES, batch.firstSample(extent));
        header.set(ValueLayout.JAVA_INT, ROWS_OF_HEADER + extent.ordinal() * (long) Integer.BYTES, batch.rows(extent));
    }

    @Override
    public Operation decode() {
        return decode;
    }

    /** Reading waits for whatever is under way, batches ahead included: where nothing is bad they are good too, and counting starts anew behind them. */
    @Override
    public void check(int batchesAhead) {
        device.read(badValue, 0, badValueOnHost);
        long key = badValueOnHost.get(ValueLayout.JAVA_LONG, 0);
        if (key == NOTHING_BAD) {
            sequence = 0;
        } else if (key >>> POSITION_BITS < sequence - batchesAhead) {
            long position = key & (1L << POSITION_BITS) - 1;
            InvalidSampleException failure = parts.failure(position, badValueOnHost.get(ValueLayout.JAVA_INT, BITS_OF_BAD_VALUE),
                    badValueOnHost.get(ValueLayout.JAVA_LONG, FIRST_SAMPLE_OF_BAD_VALUE));
            forgetBadValue();
            sequence = 0;
            throw failure;
        }
    }

    private void forgetBadValue() {
        badValueOnHost.fill((byte) 0);
        badValueOnHost.set(ValueLayout.JAVA_LONG, 0, NOTHING_BAD);
        device.write(badValue, 0, badValueOnHost);
    }

    @Override
    public void close() {
        header.close();
        memories.forEach(DeviceMemory::close);
    }
}
