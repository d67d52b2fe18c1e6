package crosscut.simulator.execution;

import java.util.Arrays;
import java.util.Map;

/** What the read-only registers hold. */
final class SpecialRegisters {

    private static final String BLOCK = "%ctaid.";

    private final GridShape shape;

    SpecialRegisters(GridShape shape) {
        this.shape = shape;
    }

    /** Writes those that a kernel uses and that are the same in all blocks to their places, for the 32 threads from {@code firstThread} on. */
    void fillThreads(int[] words, Map<String, Integer> places, int firstThread) {
        places.forEach((name, place) -> {
            for (int lane = 0; lane < Warp.LANES && !name.startsWith(BLOCK); lane++) {
                words[place + lane] = value(name, firstThread + lane, lane);
            }
        });
    }

    /** Writes those that say which block it is. */
    void fillBlock(int[] words, Map<String, Integer> places, int block) {
        places.forEach((name, place) -> {
            if (name.startsWith(BLOCK)) {
                Arrays.fill(words, place, place + Warp.LANES, value(name, block));
            }
        });
    }

    private int value(String name, int block) {
        return switch (name) {
            case "%ctaid.x" -> block % shape.gridX();
            case "%ctaid.y" -> block / shape.gridX() % shape.gridY();
            default -> block / shape.gridX() / shape.gridY();
        };
    }

    private int value(String name, int thread, int lane) {
        return switch (name) {
            case "%tid.x" -> thread % shape.blockX();
            case "%tid.y" -> thread / shape.blockX() % shape.blockY();
            case "%tid.z" -> thread / shape.blockX() / shape.blockY();
            case "%ntid.x" -> shape.blockX();
            case "%ntid.y" -> shape.blockY();
            case "%ntid.z" -> shape.blockZ();
            case "%nctaid.x" -> shape.gridX();
            case "%nctaid.y" -> shape.gridY();
            case "%nctaid.z" -> shape.gridZ();
            case "%laneid" -> lane;
            case "%warpid" -> thread / Warp.LANES;
            case "%lanemask_eq" -> 1 << lane;
            case "%lanemask_lt" -> (1 << lane) - 1;
            case "%lanemask_le" -> (1 << lane) - 1 | 1 << lane;
            case "%lanemask_gt" -> ~((1 << lane) - 1 | 1 << lane);
            case "%lanemask_ge" -> -(1 << lane);
            default -> throw new IllegalArgumentException(name);
        };
    }
}
