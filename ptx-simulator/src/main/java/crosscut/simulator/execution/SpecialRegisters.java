package crosscut.simulator.execution;

import java.util.Map;

/** What the read-only registers hold for the threads of one block. */
final class SpecialRegisters {

    private final GridShape shape;
    private final int blockX;
    private final int blockY;
    private final int blockZ;

    SpecialRegisters(GridShape shape, long block) {
        this.shape = shape;
        blockX = (int) (block % shape.gridX());
        blockY = (int) (block / shape.gridX() % shape.gridY());
        blockZ = (int) (block / shape.gridX() / shape.gridY());
    }

    /** Writes those that a kernel uses to their places, for the 32 threads from {@code firstThread} on. */
    void fill(int[] words, Map<String, Integer> places, int firstThread) {
        places.forEach((name, place) -> {
            for (int lane = 0; lane < Warp.LANES; lane++) {
                words[place + lane] = value(name, firstThread + lane, lane);
            }
        });
    }

    private int value(String name, int thread, int lane) {
        return switch (name) {
            case "%tid.x" -> thread % shape.blockX();
            case "%tid.y" -> thread / shape.blockX() % shape.blockY();
            case "%tid.z" -> thread / shape.blockX() / shape.blockY();
            case "%ntid.x" -> shape.blockX();
            case "%ntid.y" -> shape.blockY();
            case "%ntid.z" -> shape.blockZ();
            case "%ctaid.x" -> blockX;
            case "%ctaid.y" -> blockY;
            case "%ctaid.z" -> blockZ;
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
