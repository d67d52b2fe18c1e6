package crosscut.kernels.batch;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Event;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.Operation;
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
import java.util.Collections;
import java.util.List;

/**
 * Decoding on a GPU. Raw batches are copied into a ring of device slots; a slot is overwritten when everything launched after the decoding of its batch and
 * before the upload of the next one has run. A header in device memory, written before every decoding, says where the kernel finds its batch, so that its own
 * arguments never change. What is wrong with the values is gathered in a record in device memory.
 */
final class CudaDecoder implements Decoder {

    private static final String FAMILY = "batch";
    private static final int THREADS = 256;

    /** One batch is decoded while the next is copied. */
    private static final int SLOTS = 2;

    private static final String SLOT_OWNER = "raw batch on the device";

    /** Headers that may be on their way: how many steps the host may be ahead of the GPU before it waits here. */
    private static final int HEADERS = 8;

    /** {@code BatchHeader} of {@code batch.cu}: address, first sample, rows and sequence number. */
    private static final long HEADER_BYTES = 24;
    private static final long FIRST_SAMPLE_OF_HEADER = 8;
    private static final long ROWS_OF_HEADER = 16;
    private static final long SEQUENCE_OF_HEADER = 20;

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
    private final DeviceMemory[] slots = new DeviceMemory[SLOTS];
    private final Event[] copied = new Event[SLOTS];
    private final Event[] used = new Event[SLOTS];
    private final StagedUpload header;
    private final DeviceMemory badValue;
    private final MemorySegment badValueOnHost = Arena.ofAuto().allocate(BAD_VALUE_BYTES, Long.BYTES);
    private final Operation decode;
    private int slot;
    private int sequence;

    CudaDecoder(CudaDevice device, RawBatchLayout layout, BatchOperations.Source source, Tensor numerical, Tensor ids, Tensor labels) {
        this.device = device;
        this.layout = layout;
        this.source = source;
        parts = new RawParts(layout);
        if (parts.values() > 1L << POSITION_BITS) {
            throw new IllegalArgumentException("a batch of " + parts.values() + " values; the GPU decodes up to " + (1L << POSITION_BITS));
        }
        for (int index = 0; index < SLOTS; index++) {
            slots[index] = keep(device.allocate(SLOT_OWNER, RawBatch.byteSize(layout)));
            copied[index] = device.createEvent();
            used[index] = device.createEvent();
        }
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

    /** The slots that raw batches are copied to. */
    static List<PlannedMemory> plannedSlots(RawBatchLayout layout) {
        return Collections.nCopies(SLOTS, new PlannedMemory(SLOT_OWNER, RawBatch.byteSize(layout)));
    }

    private DeviceMemory keep(DeviceMemory memory) {
        memories.add(memory);
        return memory;
    }

    @Override
    public void upload(Stream copies, Stream compute) {
        RawBatch batch = source.current();
        if (batch.layout() != layout && !batch.layout().equals(layout)) {
            throw new IllegalArgumentException("the raw batch has other columns than the decoder was made for");
        }
        if (sequence == MOST_BATCHES_BETWEEN_CHECKS) {
            throw new IllegalStateException(sequence + " batches were decoded without a check");
        }
        // All that was launched for the batch before, its decoding included, lies before this mark.
        used[slot].record(compute);
        slot = (slot + 1) % SLOTS;
        copies.await(used[slot]);
        device.context().driver().copyToDeviceAsync(slots[slot].address(), batch.bytes().address(), batch.bytes().byteSize(), CudaStream.handle(copies));
        copied[slot].record(copies);
        compute.await(copied[slot]);
        writeHeader(batch);
        header.launch(compute);
    }

    private void writeHeader(RawBatch batch) {
        MemorySegment next = header.next();
        next.set(ValueLayout.JAVA_LONG, 0, slots[slot].address());
        next.set(ValueLayout.JAVA_LONG, FIRST_SAMPLE_OF_HEADER, batch.firstSample());
        next.set(ValueLayout.JAVA_INT, ROWS_OF_HEADER, batch.rows());
        next.set(ValueLayout.JAVA_INT, SEQUENCE_OF_HEADER, sequence++);
    }

    @Override
    public Operation decode() {
        return decode;
    }

    @Override
    public void check() {
        device.read(badValue, 0, badValueOnHost);
        sequence = 0;
        long key = badValueOnHost.get(ValueLayout.JAVA_LONG, 0);
        if (key != NOTHING_BAD) {
            long position = key & (1L << POSITION_BITS) - 1;
            InvalidSampleException failure = parts.failure(position, badValueOnHost.get(ValueLayout.JAVA_INT, BITS_OF_BAD_VALUE),
                    badValueOnHost.get(ValueLayout.JAVA_LONG, FIRST_SAMPLE_OF_BAD_VALUE));
            forgetBadValue();
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
        for (int index = 0; index < SLOTS; index++) {
            copied[index].close();
            used[index].close();
        }
        memories.forEach(DeviceMemory::close);
    }
}
