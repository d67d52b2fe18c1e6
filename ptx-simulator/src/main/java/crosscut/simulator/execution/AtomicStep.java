package crosscut.simulator.execution;

import crosscut.simulator.memory.Allocation;
import crosscut.simulator.memory.RawMemory;
import crosscut.simulator.program.PtxInstruction;
import crosscut.simulator.program.PtxType;

/** {@code atom} and {@code red}: lanes one after the other, so that those of one address see each other's results. */
final class AtomicStep extends MemoryAccess {

    /** From the value in memory and the operands to the new value. */
    @FunctionalInterface
    interface Update {
        long of(long old, long b, long c);
    }

    private final Update update;
    private final boolean wide;
    private final int target;
    private final int b;
    private final int c;

    /**
     * An atomic operation.
     *
     * @param target place of the old value's register, {@link Executable#SCRATCH} for none
     * @param c place of the third operand, {@link Executable#SCRATCH} for none
     */
    AtomicStep(PtxInstruction instruction, Address place, PtxType type, Update update, int target, int b, int c) {
        super(instruction, place, type.byteSize());
        this.update = update;
        this.wide = type.isWide();
        this.target = target;
        this.b = b;
        this.c = c;
    }

    @Override
    String access() {
        return "atomic update";
    }

    @Override
    void access(Warp warp, int mask, Allocation allocation) {
        if (warp.isChecked()) {
            warp.checkAtomic(this, mask, allocation);
        }
        synchronized (allocation) {
            for (int rest = mask; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                apply(warp, lane, warp.addresses[lane] + allocation.hostShift());
            }
        }
    }

    private void apply(Warp warp, int lane, long at) {
        if (wide) {
            long old = RawMemory.getLong(at);
            RawMemory.putLong(at, update.of(old, warp.longs[b + lane], warp.longs[c + lane]));
            warp.longs[target + lane] = old;
        } else {
            int old = RawMemory.getInt(at);
            RawMemory.putInt(at, (int) update.of(old, warp.words[b + lane], warp.words[c + lane]));
            warp.words[target + lane] = old;
        }
    }

    /** The update of an operation's name for a type, or null when there is none. */
    static Update update(String name, PtxType type) {
        return switch (type) {
            case F32 -> name.equals("add") ? (old, b, _) -> Float.floatToRawIntBits(Float.intBitsToFloat((int) old) + Float.intBitsToFloat((int) b)) : null;
            case F64 -> name.equals("add") ? (old, b, _) -> Double.doubleToRawLongBits(Double.longBitsToDouble(old) + Double.longBitsToDouble(b)) : null;
            default -> integer(name, type);
        };
    }

    private static Update integer(String name, PtxType type) {
        boolean wide = type.isWide();
        return switch (name) {
            case "add" -> (old, b, _) -> old + b;
            case "and" -> (old, b, _) -> old & b;
            case "or" -> (old, b, _) -> old | b;
            case "xor" -> (old, b, _) -> old ^ b;
            case "exch" -> (_, b, _) -> b;
            case "cas" -> (old, b, c) -> old == b ? c : old;
            case "min" -> type.isSigned() ? (old, b, _) -> Math.min(old, b) : (old, b, _) -> Long.compareUnsigned(old, b) <= 0 ? old : b;
            case "max" -> type.isSigned() ? (old, b, _) -> Math.max(old, b) : (old, b, _) -> Long.compareUnsigned(old, b) >= 0 ? old : b;
            case "inc" -> wide ? null : (old, b, _) -> Integer.compareUnsigned((int) old, (int) b) >= 0 ? 0 : old + 1;
            case "dec" -> wide ? null : (old, b, _) -> old == 0 || Integer.compareUnsigned((int) old, (int) b) > 0 ? b : old - 1;
            default -> null;
        };
    }
}
