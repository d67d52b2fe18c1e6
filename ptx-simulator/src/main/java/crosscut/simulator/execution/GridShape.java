package crosscut.simulator.execution;

/**
 * Geometry of a launch.
 *
 * @param gridX blocks
 * @param gridY blocks
 * @param gridZ blocks
 * @param blockX threads
 * @param blockY threads
 * @param blockZ threads
 * @param dynamicSharedBytes shared memory beyond what the kernel declares
 */
public record GridShape(int gridX, int gridY, int gridZ, int blockX, int blockY, int blockZ, int dynamicSharedBytes) {

    public GridShape {
        if (gridX < 1 || gridY < 1 || gridZ < 1 || blockX < 1 || blockY < 1 || blockZ < 1 || dynamicSharedBytes < 0) {
            throw new IllegalArgumentException("grid " + gridX + " x " + gridY + " x " + gridZ + ", block " + blockX + " x " + blockY + " x " + blockZ + ", "
                    + dynamicSharedBytes + " bytes of shared memory");
        }
    }

    long blocks() {
        return (long) gridX * gridY * gridZ;
    }

    int threads() {
        return blockX * blockY * blockZ;
    }
}
