package crosscut.simulator.execution;

import crosscut.simulator.program.PtxInstruction;
import crosscut.simulator.program.PtxOperand;
import crosscut.simulator.program.PtxType;
import java.util.Set;

/** {@code cvt} between any two types, one lane after the other. */
final class ConversionStep extends Step {

    /** Roundings that a form may name. */
    static final Set<String> ROUNDINGS = Set.of("rn", "rz", "rm", "rp", "rni", "rzi", "rmi", "rpi");

    private final PtxType to;
    private final PtxType from;
    private final String rounding;
    private final boolean saturates;
    private final boolean wideSource;
    private final boolean wideTarget;
    private final int source;
    private final int target;

    /**
     * A conversion.
     *
     * @param wideSource whether the source register has 64 bits, which may be more than the type
     * @param wideTarget whether the target register has 64 bits
     */
    ConversionStep(PtxInstruction instruction, PtxType to, PtxType from, String rounding, boolean saturates, boolean wideSource, boolean wideTarget, int source,
            int target) {
        super(instruction);
        this.to = to;
        this.from = from;
        this.rounding = rounding;
        this.saturates = saturates;
        this.wideSource = wideSource;
        this.wideTarget = wideTarget;
        this.source = source;
        this.target = target;
    }

    @Override
    void run(Warp warp, int mask) {
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            long bits = wideSource ? warp.longs[source + lane] : warp.words[source + lane];
            long result = convert(bits);
            if (wideTarget) {
                warp.longs[target + lane] = result;
            } else {
                warp.words[target + lane] = (int) result;
            }
        }
    }

    private long convert(long bits) {
        if (from.kind() == PtxType.Kind.FLOATING) {
            double value = floating(bits);
            return to.kind() == PtxType.Kind.FLOATING ? fromDouble(rounded(value)) : toInteger(value);
        }
        long value = extended(bits, from);
        return to.kind() == PtxType.Kind.FLOATING ? fromInteger(value) : narrowed(value);
    }

    /** The value of an integer of the source type. */
    private static long extended(long bits, PtxType type) {
        int unused = Long.SIZE - type.byteSize() * Byte.SIZE;
        return type.isSigned() ? bits << unused >> unused : bits << unused >>> unused;
    }

    /** An integer in the target type, extended to the register as its sign demands; 16 bits and less keep zeros above in narrow registers. */
    private long narrowed(long value) {
        long kept = saturates ? saturated(value) : value;
        long result = extended(kept, to);
        return wideTarget || to.byteSize() >= Integer.BYTES || !to.isSigned() || isWord() ? result : result & 0xFFFF;
    }

    /** True when a signed result of fewer bits goes to a 32-bit register, which it fills with its sign. */
    private boolean isWord() {
        return instructionTargetBytes() == Integer.BYTES;
    }

    private int instructionTargetBytes() {
        return instruction().operand(0) instanceof PtxOperand.RegisterOperand register ? register.register().type().byteSize() : 0;
    }

    private long saturated(long value) {
        int bits = to.byteSize() * Byte.SIZE;
        long largest = to.isSigned() ? (1L << bits - 1) - 1 : bits == Long.SIZE ? Long.MAX_VALUE : (1L << bits) - 1;
        long smallest = to.isSigned() ? -largest - 1 : 0;
        return Math.clamp(value, smallest, largest);
    }

    private double floating(long bits) {
        return switch (from) {
            case F16 -> Halves.fromHalf((int) bits);
            case BF16 -> Halves.fromBfloat16((int) bits);
            case F32 -> Float.intBitsToFloat((int) bits);
            default -> Double.longBitsToDouble(bits);
        };
    }

    /** Applies .rni, .rzi, .rmi, .rpi, which round to a whole number in the same type. */
    private double rounded(double value) {
        double whole = switch (rounding) {
            case "rni" -> Math.rint(value);
            case "rzi" -> value < 0 ? Math.ceil(value) : Math.floor(value);
            case "rmi" -> Math.floor(value);
            case "rpi" -> Math.ceil(value);
            default -> value;
        };
        return saturates ? whole != whole ? 0 : Math.clamp(whole, 0.0, 1.0) : whole;
    }

    private long fromDouble(double value) {
        return switch (to) {
            case F16 -> Halves.toHalf(value);
            case BF16 -> Halves.toBfloat16((float) value);
            case F32 -> directed(value);
            default -> Double.doubleToRawLongBits(value);
        };
    }

    private int directed(double value) {
        float nearest = (float) value;
        boolean above = nearest > value;
        boolean below = nearest < value;
        float result = switch (rounding) {
            case "rz" -> above && value > 0 ? Math.nextDown(nearest) : below && value < 0 ? Math.nextUp(nearest) : nearest;
            case "rm" -> above ? Math.nextDown(nearest) : nearest;
            case "rp" -> below ? Math.nextUp(nearest) : nearest;
            default -> nearest;
        };
        return Float.floatToRawIntBits(result);
    }

    /** Out of range becomes the nearest end, as hardware does; NaN becomes 0. */
    private long toInteger(double value) {
        double whole = switch (rounding) {
            case "rzi" -> value;
            case "rmi" -> Math.floor(value);
            case "rpi" -> Math.ceil(value);
            default -> Math.rint(value);
        };
        if (to == PtxType.U64) {
            return whole >= 0x1p63 ? whole >= 0x1p64 ? -1L : (long) (whole - 0x1p63) ^ Long.MIN_VALUE : whole <= 0 ? 0 : (long) whole;
        }
        return narrowed(saturated((long) whole));
    }

    private long fromInteger(long value) {
        if (to == PtxType.F64) {
            return Double.doubleToRawLongBits(from == PtxType.U64 && value < 0 ? unsignedToDouble(value) : (double) value);
        }
        if (to == PtxType.F32) {
            return Float.floatToRawIntBits(from == PtxType.U64 && value < 0 ? unsignedToFloat(value) : (float) value);
        }
        return to == PtxType.F16 ? Halves.toHalf((double) value) : Halves.toBfloat16((float) value);
    }

    /** Halves it with the cut bit kept sticky, so that one rounding remains. */
    private static double unsignedToDouble(long value) {
        return 2 * (double) (value >>> 1 | value & 1);
    }

    private static float unsignedToFloat(long value) {
        return 2 * (float) (value >>> 1 | value & 1);
    }
}
