package crosscut.simulator.execution;

import crosscut.simulator.program.PtxInstruction;

/** A lane loop on registers. Inactive lanes are computed too, and dropped: the loops stay without conditions. */
final class LaneStep extends Step {

    private final LaneLoop loop;
    private final boolean wide;
    private final int target;
    private final int a;
    private final int b;
    private final int c;

    LaneStep(PtxInstruction instruction, LaneLoop loop, boolean wide, int target, int a, int b, int c) {
        super(instruction);
        this.loop = loop;
        this.wide = wide;
        this.target = target;
        this.a = a;
        this.b = b;
        this.c = c;
    }

    @Override
    void run(Warp warp, int mask) {
        if (mask == Warp.ALL) {
            loop.run(warp.words, warp.longs, target, a, b, c);
            return;
        }
        loop.run(warp.words, warp.longs, Executable.SCRATCH, a, b, c);
        if (wide) {
            for (int rest = mask; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                warp.longs[target + lane] = warp.longs[Executable.SCRATCH + lane];
            }
        } else {
            for (int rest = mask; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                warp.words[target + lane] = warp.words[Executable.SCRATCH + lane];
            }
        }
    }
}
