package crosscut.kernels.device.cuda;

import crosscut.kernels.Tolerance;
import crosscut.kernels.device.DataType;
import crosscut.simulator.SimulatorOptions;
import crosscut.simulator.execution.GridShape;
import crosscut.simulator.memory.AllocationImage;
import crosscut.simulator.mutation.RecordedLaunch;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A launch of a kernel with what it found in memory and what it left there. Addresses are those of the simulator, whatever device it ran on.
 *
 * @param family whose PTX has the kernel
 * @param launch with the PTX that was launched, or an empty text in its place
 * @param after bytes of every allocation of {@code launch} afterwards
 */
record GoldenLaunch(String family, RecordedLaunch launch, List<byte[]> after) {

    private static final int VERSION = 1;
    private static final Pattern APPROXIMATE = Pattern.compile("\\b(ex2|lg2|rsqrt|rcp|sqrt|div|tanh|sin|cos)\\.(approx|full)");

    /** Distances of neighbouring numbers in fp64 that make one in fp32. */
    private static final double DOUBLES_PER_FLOAT = 0x1p29;

    /** Writes launches so that {@link #read} finds out when a byte of them has changed. */
    static void write(List<GoldenLaunch> launches, OutputStream target) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(target))) {
            out.writeInt(VERSION);
            out.writeInt(launches.size());
            for (GoldenLaunch golden : launches) {
                RecordedLaunch launch = golden.launch;
                out.writeUTF(golden.family);
                out.writeUTF(launch.kernel());
                GridShape shape = launch.shape();
                for (int size : List.of(shape.gridX(), shape.gridY(), shape.gridZ(), shape.blockX(), shape.blockY(), shape.blockZ(),
                        shape.dynamicSharedBytes())) {
                    out.writeInt(size);
                }
                writeBytes(out, launch.arguments());
                out.writeInt(launch.memory().size());
                for (int index = 0; index < launch.memory().size(); index++) {
                    byte[] before = launch.memory().get(index).bytes();
                    out.writeLong(launch.memory().get(index).address());
                    writeBytes(out, before);
                    // What did not change becomes zeros, which take no room.
                    writeBytes(out, exclusiveOr(before, golden.after.get(index)));
                }
            }
        }
    }

    /**
     * Reads what {@link #write} has written.
     *
     * @throws IOException when it is damaged
     */
    static List<GoldenLaunch> read(InputStream source) throws IOException {
        byte[] whole;
        try (InputStream unpacked = new GZIPInputStream(source)) {
            // Read to its end it compares the checksum, before anything of it is believed.
            whole = unpacked.readAllBytes();
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(whole))) {
            if (in.readInt() != VERSION) {
                throw new IOException("launches of another version than " + VERSION + ": record them again");
            }
            List<GoldenLaunch> launches = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                String family = in.readUTF();
                String kernel = in.readUTF();
                GridShape shape = new GridShape(in.readInt(), in.readInt(), in.readInt(), in.readInt(), in.readInt(), in.readInt(), in.readInt());
                byte[] arguments = readBytes(in);
                List<AllocationImage> memory = new ArrayList<>();
                List<byte[]> after = new ArrayList<>();
                for (int allocations = in.readInt(); allocations > 0; allocations--) {
                    long address = in.readLong();
                    byte[] before = readBytes(in);
                    memory.add(new AllocationImage(address, "argument", before, null));
                    after.add(exclusiveOr(before, readBytes(in)));
                }
                launches.add(new GoldenLaunch(family, new RecordedLaunch("", kernel, shape, arguments, memory), after));
            }
            if (in.read() >= 0) {
                throw new IOException("there is more than the launches");
            }
            return launches;
        }
    }

    private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] readBytes(DataInputStream in) throws IOException {
        return in.readNBytes(in.readInt());
    }

    private static byte[] exclusiveOr(byte[] one, byte[] other) {
        byte[] result = new byte[one.length];
        for (int index = 0; index < result.length; index++) {
            result[index] = (byte) (one[index] ^ other[index]);
        }
        return result;
    }

    /**
     * Runs the kernel of {@code ptx} from the recorded memory on the simulator.
     *
     * @return what is wrong, one line for every allocation that has other bytes, or, where the kernel approximates, numbers outside of the tolerance
     */
    List<String> differences(String ptx, SimulatorOptions options) {
        RecordedLaunch.Outcome outcome = launch.replay(ptx, options);
        List<String> found = new ArrayList<>(outcome.findings());
        boolean approximates = APPROXIMATE.matcher(textOf(ptx)).find();
        for (int index = 0; index < after.size(); index++) {
            long address = launch.memory().get(index).address();
            byte[] expected = after.get(index);
            byte[] actual = outcome.memory().stream().filter(image -> image.address() == address).findFirst().orElseThrow().bytes();
            int different = Arrays.mismatch(expected, actual);
            if (different >= 0 && !(approximates && isClose(expected, actual))) {
                int word = different / Integer.BYTES * Integer.BYTES;
                found.add(String.format("%s, grid %d, block %d: allocation %d, byte %d: %s was recorded, %s is simulated%s", launch.kernel(),
                        launch.shape().gridX(), launch.shape().blockX(), index, different, hexadecimal(expected, word), hexadecimal(actual, word),
                        approximates ? ", too far apart for a kernel that approximates" : ""));
            }
        }
        return found;
    }

    /** Four bytes, as they lie in memory. */
    private static String hexadecimal(byte[] bytes, int from) {
        return HexFormat.of().formatHex(bytes, from, Math.min(bytes.length, from + Integer.BYTES));
    }

    private String textOf(String ptx) {
        int begin = ptx.indexOf(".entry " + launch.kernel() + "(");
        int end = ptx.indexOf(".entry ", begin + 1);
        return begin < 0 ? "" : ptx.substring(begin, end < 0 ? ptx.length() : end);
    }

    /** Whether the two agree as numbers of one of the types that the kernel computes in; which, its memory does not say. */
    private boolean isClose(byte[] expected, byte[] actual) {
        DataType activations = launch.kernel().endsWith("_bf16") ? DataType.BFLOAT16 : launch.kernel().endsWith("_f16") ? DataType.FLOAT16 : DataType.FLOAT32;
        for (DataType type : new DataType[] {DataType.FLOAT32, activations}) {
            int bytes = type.byteSize();
            if (isClose(new Tolerance(type, 1), 1, expected.length / bytes, index -> Elements.get(MemorySegment.ofArray(expected), type, (long) index * bytes),
                    index -> Elements.get(MemorySegment.ofArray(actual), type, (long) index * bytes))) {
                return true;
            }
        }
        return isClose(new Tolerance(DataType.FLOAT32, 1), DOUBLES_PER_FLOAT, expected.length / Double.BYTES, index -> number(expected, index),
                index -> number(actual, index));
    }

    private static double number(byte[] bytes, int index) {
        return MemorySegment.ofArray(bytes).get(ValueLayout.JAVA_DOUBLE_UNALIGNED, (long) index * Double.BYTES);
    }

    /** @param finer how many times closer the numbers must be than the law's type asks for */
    private static boolean isClose(Tolerance law, double finer, int count, IntToDoubleFunction expected, IntToDoubleFunction actual) {
        for (int index = 0; index < count; index++) {
            double wanted = expected.applyAsDouble(index);
            double value = actual.applyAsDouble(index);
            if (Double.compare(wanted, value) != 0 && !law.accepts(wanted + (value - wanted) * finer, wanted, wanted)) {
                return false;
            }
        }
        return true;
    }
}
