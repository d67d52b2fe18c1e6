package crosscut.simulator.blas;

import static crosscut.simulator.blas.BlasException.requireValid;

import crosscut.simulator.upcall.CallerMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;

/** A descriptor of cuBLASLt: attributes by number, each of an exact size. */
final class Descriptor {

    private final String kind;
    private final Map<Integer, Attribute> attributes;
    private final Map<Integer, Long> values = new HashMap<>();

    Descriptor(String kind, Map<Integer, Attribute> attributes) {
        this.kind = kind;
        this.attributes = attributes;
        attributes.forEach((number, attribute) -> values.put(number, attribute.initial()));
    }

    /** The value of the attribute {@code name}. */
    long get(String name) {
        return attributes.entrySet().stream().filter(entry -> entry.getValue().name().equals(name)).mapToLong(entry -> values.get(entry.getKey())).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name));
    }

    void set(String name, long value) {
        attributes.forEach((number, attribute) -> {
            if (attribute.name().equals(name)) {
                values.put(number, value);
            }
        });
    }

    /** Takes an attribute from the caller's memory. */
    void set(int number, MemorySegment buffer, long bytes) {
        Attribute attribute = attribute(number);
        requireValid(bytes == attribute.bytes(), kind + " attribute " + attribute.name() + " has " + attribute.bytes() + " bytes, not " + bytes);
        MemorySegment staged = MemorySegment.ofArray(new byte[Long.BYTES]);
        CallerMemory.read(buffer.address(), staged.asSlice(0, bytes), "buf");
        values.put(number, switch ((int) bytes) {
            case Byte.BYTES -> (long) staged.get(ValueLayout.JAVA_BYTE, 0);
            case Integer.BYTES -> (long) staged.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
            default -> staged.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        });
    }

    /** Gives an attribute to the caller. */
    void get(int number, MemorySegment buffer, long bytes, MemorySegment written) {
        Attribute attribute = attribute(number);
        giveValue(kind + " attribute " + attribute.name(), values.get(number), attribute.bytes(), buffer, bytes, written);
    }

    /** Stores {@code value} as cuBLASLt's getters do: with no buffer only its size, and never into a buffer that is too small. */
    static void giveValue(String what, long value, int valueBytes, MemorySegment buffer, long bytes, MemorySegment written) {
        requireValid(bytes > 0 || written.address() != 0, what + " was asked for with neither a buffer nor sizeWritten");
        requireValid(bytes == 0 || bytes >= valueBytes, what + " has " + valueBytes + " bytes, but the buffer " + bytes);
        if (bytes > 0) {
            MemorySegment staged = MemorySegment.ofArray(new byte[Long.BYTES]);
            staged.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, value);
            CallerMemory.write(buffer.address(), staged.asSlice(0, valueBytes), "buf");
        }
        if (written.address() != 0) {
            CallerMemory.writeLong(written, valueBytes, "sizeWritten");
        }
    }

    private Attribute attribute(int number) {
        Attribute attribute = attributes.get(number);
        requireValid(attribute != null, number + " is no attribute of a " + kind);
        return attribute;
    }
}
