package crosscut.simulator.execution;

import crosscut.simulator.check.FindingLog;
import crosscut.simulator.memory.SimulatedMemory;
import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** One launch: all blocks of a kernel, one after the other when they are checked, on several threads otherwise. */
public final class GridRun {

    private final Executable executable;
    private final GridShape shape;
    private final Setting setting;
    private final long launch;
    private final long parameters;
    private final BlockOrder order = new BlockOrder();
    private final AtomicLong executed = new AtomicLong();

    /**
     * What all launches of a simulator share.
     *
     * @param memory device memory
     * @param findings where checks report
     * @param laneOrder order of lanes and warps
     * @param seed of the random order
     * @param checks whether accesses are watched
     * @param threads threads to run blocks on when they are not
     */
    public record Setting(SimulatedMemory memory, FindingLog findings, LaneOrder laneOrder, long seed, boolean checks, int threads) {}

    /**
     * A launch.
     *
     * @param launch its number, counted from 1 since the memory's records were last cleared
     * @param parameters host address of the parameter block
     */
    public GridRun(Executable executable, GridShape shape, Setting setting, long launch, long parameters) {
        this.executable = executable;
        this.shape = shape;
        this.setting = setting;
        this.launch = launch;
        this.parameters = parameters;
    }

    /** Runs it; returns the instructions executed, counted per thread. Throws a {@link crosscut.simulator.check.SimulatorFault} when a thread goes wrong. */
    public long run() {
        int blocks = Math.toIntExact(shape.blocks());
        int workers = setting.checks() ? 1 : Math.min(setting.threads(), blocks);
        AtomicInteger next = new AtomicInteger();
        if (workers == 1) {
            runBlocks(next, blocks);
        } else {
            IntStream.range(0, workers).parallel().forEach(_ -> runBlocks(next, blocks));
        }
        return executed.get();
    }

    private void runBlocks(AtomicInteger next, int blocks) {
        try (Arena arena = Arena.ofConfined()) {
            BlockRun run = new BlockRun(this, arena);
            for (int block = next.getAndIncrement(); block < blocks; block = next.getAndIncrement()) {
                run.run(block);
            }
        }
    }

    /** Launch number at which records must be cleared and numbers start again. */
    public static long launchLimit() {
        return AccessCheck.LAUNCHES;
    }

    void count(long instructions) {
        executed.addAndGet(instructions);
    }

    Executable executable() {
        return executable;
    }

    GridShape shape() {
        return shape;
    }

    BlockOrder order() {
        return order;
    }

    SimulatedMemory memory() {
        return setting.memory();
    }

    FindingLog findings() {
        return setting.findings();
    }

    LaneOrder laneOrder() {
        return setting.laneOrder();
    }

    long seed() {
        return setting.seed();
    }

    boolean isChecked() {
        return setting.checks();
    }

    long launch() {
        return launch;
    }

    long parameters() {
        return parameters;
    }
}
