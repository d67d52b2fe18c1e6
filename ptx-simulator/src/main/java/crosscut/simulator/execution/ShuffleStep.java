package crosscut.simulator.execution;

import crosscut.simulator.check.FindingKind;
import crosscut.simulator.program.PtxInstruction;

/** {@code shfl.sync}: every lane reads a register of another one. */
final class ShuffleStep {

    /** How the other lane is named. */
    enum Mode {
        UP,
        DOWN,
        BUTTERFLY,
        INDEX
    }

    private static final int LANE_MASK = Warp.LANES - 1;
    private static final int SEGMENT_SHIFT = 8;

    private final PtxInstruction instruction;
    private final Mode mode;
    private final int target;
    private final int inRange;
    private final int a;
    private final int b;
    private final int c;

    /**
     * A shuffle.
     *
     * @param inRange index of the predicate that says whether the other lane exists, -1 for none
     */
    ShuffleStep(PtxInstruction instruction, Mode mode, int target, int inRange, int a, int b, int c) {
        this.instruction = instruction;
        this.mode = mode;
        this.target = target;
        this.inRange = inRange;
        this.a = a;
        this.b = b;
        this.c = c;
    }

    void exchange(Warp warp, int mask) {
        int[] values = new int[Warp.LANES];
        int valid = 0;
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            int source = source(lane, warp.words[b + lane] & LANE_MASK, warp.words[c + lane]);
            if (source >= 0) {
                valid |= 1 << lane;
            }
            int other = source < 0 ? lane : source;
            if ((mask >>> other & 1) == 0) {
                warp.report(FindingKind.SHUFFLE, instruction, lane, "lane " + lane + " reads a register of lane " + other + ", which does not take part");
            }
            values[lane] = warp.words[a + other];
        }
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            warp.words[target + lane] = values[lane];
        }
        if (inRange >= 0) {
            warp.setPredicate(inRange, mask, valid);
        }
    }

    /** The lane to read from, or -1 when it is out of range and the lane keeps its own value. */
    private int source(int lane, int distance, int control) {
        int limit = control & LANE_MASK;
        int segment = control >>> SEGMENT_SHIFT & LANE_MASK;
        int largest = lane & segment | limit & ~segment;
        int smallest = lane & segment;
        return switch (mode) {
            case UP -> lane - distance >= largest ? lane - distance : -1;
            case DOWN -> lane + distance <= largest ? lane + distance : -1;
            case BUTTERFLY -> (lane ^ distance) <= largest ? lane ^ distance : -1;
            case INDEX -> (smallest | distance & ~segment) <= largest ? smallest | distance & ~segment : -1;
        };
    }
}
