package crosscut.simulator.execution;

import crosscut.simulator.check.FindingKind;
import crosscut.simulator.check.FindingLog;
import crosscut.simulator.check.Place;
import crosscut.simulator.memory.Allocation;
import crosscut.simulator.memory.SimulatedMemory;
import crosscut.simulator.program.PtxKernel;
import crosscut.simulator.program.PtxVariable;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Runs blocks of a launch, one after the other, each from its first instruction to its last: its warps run in turn from barrier to barrier. */
final class BlockRun {

    private static final int ALIGNMENT = 256;

    private final GridRun grid;
    private final SpecialRegisters specials;
    private final Allocation shared;
    private final List<SharedRange> ranges = new ArrayList<>();
    private final Allocation[] local;
    private final WarpSchedule[] warps;
    private final WarpSchedule[] inOrder;
    private AccessCheck check;
    private int number;
    private int barrierTime;

    /** Bytes of shared memory that belong to a variable or to the launch. */
    private record SharedRange(long start, long end) {}

    /** Whatever blocks need, registers and their own memory, to be used by one block after the other. */
    BlockRun(GridRun grid, Arena arena) {
        this.grid = grid;
        this.specials = new SpecialRegisters(grid.shape());
        PtxKernel kernel = grid.executable().kernel();
        int sharedBytes = kernel.sharedSpan() + grid.shape().dynamicSharedBytes();
        this.shared = SimulatedMemory.scratch(arena, "shared memory", AddressSpace.SHARED.window(), Math.max(sharedBytes, 1), ALIGNMENT, grid.isChecked());
        for (PtxVariable variable : kernel.sharedVariables()) {
            ranges.add(new SharedRange(variable.byteOffset(), variable.byteOffset() + variable.byteSize()));
        }
        ranges.add(new SharedRange(kernel.sharedSpan(), sharedBytes));
        this.local = new Allocation[kernel.localBytes() == 0 ? 0 : grid.shape().threads()];
        for (int thread = 0; thread < local.length; thread++) {
            local[thread] = SimulatedMemory.scratch(arena, "local memory of thread " + thread, AddressSpace.LOCAL.window(), kernel.localBytes(), ALIGNMENT,
                    grid.isChecked());
        }
        this.inOrder = new WarpSchedule[Math.ceilDiv(grid.shape().threads(), Warp.LANES)];
        for (int index = 0; index < inOrder.length; index++) {
            int lanes = Math.min(Warp.LANES, grid.shape().threads() - index * Warp.LANES);
            inOrder[index] = new WarpSchedule(new Warp(grid.executable(), this, index * Warp.LANES), grid.executable().steps(), grid.laneOrder(),
                    lanes == Warp.LANES ? Warp.ALL : (1 << lanes) - 1);
        }
        this.warps = inOrder.clone();
    }

    private void start(int block) {
        number = block;
        barrierTime = 0;
        check = grid.isChecked() ? new AccessCheck(grid.launch(), this, grid.order()) : null;
        shared.renew();
        for (Allocation memory : local) {
            memory.renew();
        }
        Random random = new Random(grid.seed() * 31 + number);
        for (WarpSchedule warp : inOrder) {
            warp.start(random);
        }
        System.arraycopy(inOrder, 0, warps, 0, warps.length);
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

    /** Runs the block of that number. */
    void run(int block) {
        start(block);
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
        long executed = 0;
        for (WarpSchedule warp : warps) {
            executed += warp.executed();
        }
        grid.count(executed);
    }

    /** The barrier to open: one that all it waits for have reached, else any, which is a finding; null when all threads have ended. */
    private int[] nextBarrier() {
        int[] stuck = null;
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
            report(stuck[0]);
        }
        return stuck;
    }

    private int waitingAt(int barrier) {
        int waiting = 0;
        for (WarpSchedule warp : warps) {
            waiting += warp.waitingAt(barrier);
        }
        return waiting;
    }

    private boolean isDiverged(int barrier) {
        for (WarpSchedule warp : warps) {
            if (warp.isDivergedAt(barrier)) {
                return true;
            }
        }
        return false;
    }

    private void report(int barrier) {
        int live = Arrays.stream(warps).mapToInt(warp -> Integer.bitCount(warp.live())).sum();
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
        int time = 1;
        for (WarpSchedule warp : warps) {
            time = Math.max(time, 1 + warp.warp().latestTime());
        }
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
        for (SharedRange range : ranges) {
            if (offset >= range.start && offset + byteSize <= range.end) {
                return false;
            }
        }
        return true;
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
