package crosscut.engine.checkpoint;

import com.fasterxml.jackson.annotation.JsonProperty;
import crosscut.engine.UserException;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reading and writing of safetensors files (an 8-byte little-endian header length, a JSON header that maps a name to dtype, shape and byte range, then the
 * data); see the format description of the safetensors project. Only dense fp32 matrices occur here. Data stream through one buffer, so that a table of any size
 * needs no second copy in memory.
 */
final class Safetensors {

    /** Large enough for full disk speed, small beside any table. */
    static final int BUFFER_BYTES = 8 << 20;

    private static final int LENGTH_BYTES = Long.BYTES;

    /** The format wants the data to start at a multiple of 8. */
    private static final int HEADER_ALIGNMENT = 8;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Safetensors() {}

    /** A tensor by its name in the file. */
    record Named(String name, Tensor tensor) {}

    /**
     * What a file holds.
     *
     * @param bytes size
     * @param crc32c checksum over the whole file
     */
    record FileSummary(long bytes, long crc32c) {}

    /** Writes and syncs a new file. */
    static FileSummary write(Path file, Device device, List<Named> tensors) throws IOException {
        byte[] header = header(tensors);
        CRC32C checksum = new CRC32C();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE); Arena arena = Arena.ofConfined()) {
            ByteBuffer prefix = ByteBuffer.allocate(LENGTH_BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header).flip();
            append(channel, prefix, checksum);
            MemorySegment buffer = arena.allocate(BUFFER_BYTES);
            for (Named named : tensors) {
                writeData(channel, device, named.tensor(), buffer, checksum);
            }
            channel.force(true);
            return new FileSummary(channel.size(), checksum.getValue());
        }
    }

    /** A tensor's entry in the header; a record, because its members are always written in the same order. */
    private record Entry(String dtype, List<Long> shape, @JsonProperty("data_offsets") List<Long> dataOffsets) {}

    private static byte[] header(List<Named> tensors) {
        Map<String, Object> entries = new LinkedHashMap<>();
        long offset = 0;
        for (Named named : tensors) {
            Tensor tensor = named.tensor();
            long end = offset + byteSize(tensor);
            entries.put(named.name(), new Entry("F32", List.of(tensor.rows(), (long) tensor.columns()), List.of(offset, end)));
            offset = end;
        }
        byte[] json = JSON.writeValueAsString(entries).getBytes(StandardCharsets.UTF_8);
        byte[] padded = Arrays.copyOf(json, (json.length + HEADER_ALIGNMENT - 1) / HEADER_ALIGNMENT * HEADER_ALIGNMENT);
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        return padded;
    }

    private static long byteSize(Tensor tensor) {
        return tensor.elements() * tensor.type().byteSize();
    }

    private static void writeData(FileChannel channel, Device device, Tensor tensor, MemorySegment buffer, CRC32C checksum) throws IOException {
        DeviceMemory memory = tensor.memory();
        long size = byteSize(tensor);
        for (long done = 0; done < size; ) {
            MemorySegment part = buffer.asSlice(0, Math.min(buffer.byteSize(), size - done));
            device.read(memory, tensor.byteOffset() + done, part);
            append(channel, part.asByteBuffer(), checksum);
            done += part.byteSize();
        }
    }

    private static void append(FileChannel channel, ByteBuffer bytes, CRC32C checksum) throws IOException {
        checksum.update(bytes.duplicate());
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /**
     * Reads the named tensors into device memory.
     *
     * @throws UserException when the file lacks one of them or holds it in another shape
     */
    static void read(Path file, Device device, List<Named> tensors) throws IOException {
        try (Source source = open(file); Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(BUFFER_BYTES);
            for (Named named : tensors) {
                Tensor tensor = named.tensor();
                readData(source, source.start(named.name(), tensor.rows(), tensor.columns()), device, tensor, buffer);
            }
        }
    }

    /** Opens a file to read parts of it. */
    static Source open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new Source(file, channel, readHeader(file, channel), LENGTH_BYTES + headerLength(file, channel));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** An open file. */
    record Source(Path file, FileChannel channel, JsonNode header, long dataStart) implements AutoCloseable {

        /**
         * Where a tensor's data start in the file.
         *
         * @throws UserException when the file lacks it or holds it in another shape
         */
        long start(String name, long rows, int columns) {
            JsonNode entry = header.path(name);
            JsonNode shape = entry.path("shape");
            if (entry.isMissingNode()) {
                throw new UserException(file + " holds no tensor " + name);
            }
            if (!"F32".equals(entry.path("dtype").asString()) || shape.size() != 2 || shape.get(0).asLong() != rows || shape.get(1).asLong() != columns) {
                throw new UserException(file + ": tensor " + name + " is " + entry.path("dtype").asString() + " " + shape + ", but the model needs F32 [" + rows
                        + "," + columns + "]");
            }
            return dataStart + entry.path("data_offsets").path(0).asLong();
        }

        /** Fills {@code target} with the bytes from {@code position} on. */
        void read(long position, MemorySegment target) throws IOException {
            readFully(channel, position, target.asByteBuffer());
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static void readData(Source source, long start, Device device, Tensor tensor, MemorySegment buffer) throws IOException {
        long size = byteSize(tensor);
        for (long done = 0; done < size; ) {
            MemorySegment part = buffer.asSlice(0, Math.min(buffer.byteSize(), size - done));
            source.read(start + done, part);
            device.write(tensor.memory(), tensor.byteOffset() + done, part);
            done += part.byteSize();
        }
    }

    private static void readFully(FileChannel channel, long position, ByteBuffer bytes) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            int count = channel.read(bytes, at);
            if (count < 0) {
                throw new IOException("ends at byte " + at);
            }
            at += count;
        }
    }

    private static long headerLength(Path file, FileChannel channel) throws IOException {
        ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        readFully(channel, 0, length);
        long value = length.getLong(0);
        if (value < 2 || value > channel.size() - LENGTH_BYTES || value > Integer.MAX_VALUE) {
            throw new UserException(file + " is not a safetensors file: header length " + value);
        }
        return value;
    }

    private static JsonNode readHeader(Path file, FileChannel channel) throws IOException {
        ByteBuffer header = ByteBuffer.allocate((int) headerLength(file, channel));
        readFully(channel, LENGTH_BYTES, header);
        try {
            return JSON.readTree(header.array());
        } catch (JacksonException e) {
            throw new UserException(file + " is not a safetensors file: its header is not JSON");
        }
    }

    /** Size and checksum of a file as it lies on disk. */
    static FileSummary summarize(Path file) throws IOException {
        CRC32C checksum = new CRC32C();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ); Arena arena = Arena.ofConfined()) {
            ByteBuffer buffer = arena.allocate(BUFFER_BYTES).asByteBuffer();
            while (channel.read(buffer.clear()) >= 0) {
                checksum.update(buffer.flip());
            }
            return new FileSummary(channel.size(), checksum.getValue());
        }
    }
}
