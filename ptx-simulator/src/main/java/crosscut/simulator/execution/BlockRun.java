package crosscut.simulator.execution;

import crosscut.simulator.check.FindingKind;
import crosscut.simulator.check.FindingLog;
import crosscut.simulator.check.Place;
import crosscut.simulator.memory.Allocation;
import crosscut.simulator.memory.SimulatedMemory;
import crosscut.simulator.program.PtxVariable;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** One block of a launch, from its first instruction to its last: its warps run in turn from barrier to barrier. */
final class BlockRun {

    private static final int ALIGNMENT = 256;

    private final GridRun grid;
    private final int number;
    private final SpecialRegisters specials;
    private final Allocation shared;
    private final BitSet variables;
    private final Allocation[] local;
    private final AccessCheck check;
    private final WarpSchedule[] warps;
    private int barrierTime;

    BlockRun(GridRun grid, int number, Arena arena) {
        this.grid = grid;
        this.number = number;
        this.specials = new SpecialRegisters(grid.shape(), number);
        this.check = grid.isChecked() ? new AccessCheck(grid.launch(), this, grid.order()) : null;
        Executable executable = grid.executable();
        int sharedBytes = executable.kernel().sharedSpan() + grid.shape().dynamicSharedBytes();
        this.shared = SimulatedMemory.scratch(arena, "shared memory", AddressSpace.SHARED.window(), Math.max(sharedBytes, 1), ALIGNMENT, check != null);
        this.variables = check == null ? null : variables();
        this.local = new Allocation[executable.kernel().localBytes() == 0 ? 0 : grid.shape().threads()];
        for (int thread = 0; thread < local.length; thread++) {
            local[thread] = SimulatedMemory.scratch(arena, "local memory of thread " + thread, AddressSpace.LOCAL.window(), executable.kernel().localBytes(),
                    ALIGNMENT, check != null);
        }
        this.warps = new WarpSchedule[Math.ceilDiv(grid.shape().threads(), Warp.LANES)];
        Random random = new Random(grid.seed() * 31 + number);
        for (int index = 0; index < warps.length; index++) {
            int lanes = Math.min(Warp.LANES, grid.shape().threads() - index * Warp.LANES);
            warps[index] = new WarpSchedule(new Warp(executable, this, index * Warp.LANES), executable.steps(), grid.laneOrder(), random,
                    lanes == Warp.LANES ? Warp.ALL : (1 << lanes) - 1);
        }
        orderWarps(random);
    }

    private void orderWarps(Random random) {
        List<WarpSchedule> list = Arrays.asList(warps);
        switch (grid.laneOrder()) {
            case LANE_REVERSE -> Collections.reverse(list);
            case LANE_RANDOM -> Collections.shuffle(list, random);
            default -> { }
        }
    }

    /** Bytes of shared memory that belong to a variable or to the launch. */
    private BitSet variables() {
        BitSet bytes = new BitSet();
        for (PtxVariable variable : grid.executable().kernel().sharedVariables()) {
            bytes.set((int) variable.byteOffset(), (int) (variable.byteOffset() + variable.byteSize()));
        }
        int span = grid.executable().kernel().sharedSpan();
        bytes.set(span, span + grid.shape().dynamicSharedBytes());
        return bytes;
    }

    /** Runs the block. */
    void run() {
        while (true) {
            for (WarpSchedule warp : warps) {
                warp.run();
            }
            int[] barrier = nextBarrier();
            if (barrier == null) {
                break;
            }
            pass(barrier[0]);
        }
        grid.count(Arrays.stream(warps).mapToLong(WarpSchedule::executed).sum());
    }

    /** The barrier to open: one that all it waits for have reached, else any, which is a finding; null when all threads have ended. */
    private int[] nextBarrier() {
        int[] stuck = null;
        int live = Arrays.stream(warps).mapToInt(warp -> Integer.bitCount(warp.live())).sum();
        for (WarpSchedule warp : warps) {
            int[] barrier = warp.firstBarrier();
            if (barrier != null) {
                int waiting = waitingAt(barrier[0]);
                int wanted = barrier[1] == 0 ? grid.shape().threads() : barrier[1];
                if (waiting >= wanted && !isDiverged(barrier[0])) {
                    return barrier;
                }
                stuck = stuck == null ? barrier : stuck;
            }
        }
        if (stuck != null) {
            report(stuck[0], live);
        }
        return stuck;
    }

    private int waitingAt(int barrier) {
        return Arrays.stream(warps).mapToInt(warp -> warp.waitingAt(barrier)).sum();
    }

    private boolean isDiverged(int barrier) {
        return Arrays.stream(warps).anyMatch(warp -> warp.isDivergedAt(barrier));
    }

    private void report(int barrier, int live) {
        int threads = grid.shape().threads();
        String text = isDiverged(barrier) ? "lanes of one warp reach it at different places or at different times"
                : waitingAt(barrier) + " of " + threads + " threads wait at barrier " + barrier + ", " + (threads - live) + " have ended";
        for (WarpSchedule warp : warps) {
            Step step = warp.barrierStep(barrier);
            if (step != null) {
                findings().add(FindingKind.BARRIER, Place.of(grid.executable().kernel().name(), step.instruction(), number, warp.warp().thread(0)), text);
                return;
            }
        }
    }

    private void pass(int barrier) {
        int time = 1 + Arrays.stream(warps).mapToInt(warp -> warp.warp().latestTime()).max().orElse(0);
        barrierTime = time;
        for (WarpSchedule warp : warps) {
            warp.warp().setTimes(time);
            warp.release(barrier);
        }
    }

    int number() {
        return number;
    }

    /** Time of the newest barrier of the block. */
    int barrierTime() {
        return barrierTime;
    }

    SpecialRegisters specials() {
        return specials;
    }

    Allocation shared() {
        return shared;
    }

    /** True when an access to shared memory leaves its variable. */
    boolean isGap(long offset, int byteSize) {
        return variables.nextClearBit((int) offset) < offset + byteSize;
    }

    Allocation local(int thread) {
        return local[thread];
    }

    /** Null without checks. */
    AccessCheck check() {
        return check;
    }

    SimulatedMemory memory() {
        return grid.memory();
    }

    FindingLog findings() {
        return grid.findings();
    }

    long parameters() {
        return grid.parameters();
    }
}
