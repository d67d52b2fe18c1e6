package crosscut.simulator.program;

import java.util.Locale;

/** The fundamental types of PTX, with the packed ones. */
public enum PtxType {
    PRED(0, Kind.PREDICATE),
    B8(1, Kind.BITS), B16(2, Kind.BITS), B32(4, Kind.BITS), B64(8, Kind.BITS), B128(16, Kind.BITS),
    U8(1, Kind.UNSIGNED), U16(2, Kind.UNSIGNED), U32(4, Kind.UNSIGNED), U64(8, Kind.UNSIGNED),
    S8(1, Kind.SIGNED), S16(2, Kind.SIGNED), S32(4, Kind.SIGNED), S64(8, Kind.SIGNED),
    F16(2, Kind.FLOATING), BF16(2, Kind.FLOATING), F32(4, Kind.FLOATING), F64(8, Kind.FLOATING),
    F16X2(4, Kind.FLOATING), BF16X2(4, Kind.FLOATING);

    /** What the bits mean. */
    public enum Kind {
        PREDICATE,
        BITS,
        UNSIGNED,
        SIGNED,
        FLOATING
    }

    private final int byteSize;
    private final Kind kind;

    PtxType(int byteSize, Kind kind) {
        this.byteSize = byteSize;
        this.kind = kind;
    }

    /** Bytes in memory; 0 for a predicate, which has no memory form. */
    public int byteSize() {
        return byteSize;
    }

    /** What the bits mean. */
    public Kind kind() {
        return kind;
    }

    /** True when registers of this type take 64 bits. */
    public boolean isWide() {
        return byteSize == Long.BYTES;
    }

    public boolean isSigned() {
        return kind == Kind.SIGNED;
    }

    /** The type of a suffix without its dot, or null when it is none. */
    public static PtxType ofSuffix(String suffix) {
        for (PtxType type : values()) {
            if (type.name().toLowerCase(Locale.ROOT).equals(suffix)) {
                return type;
            }
        }
        return null;
    }
}
