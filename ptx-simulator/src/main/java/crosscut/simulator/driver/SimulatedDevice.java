package crosscut.simulator.driver;

/**
 * The GPU that a simulated driver offers.
 *
 * @param multiprocessors streaming multiprocessors; few keep the grids of persistent kernels small
 * @param memoryBytes device memory; what does not fit is refused as a driver refuses it
 * @param pollsUntilReady how often a query answers "not ready" before it sees unfinished work done, so that code which asks only once is found
 */
public record SimulatedDevice(int multiprocessors, long memoryBytes, int pollsUntilReady) {

    static final String NAME = "Crosscut PTX simulator";
    static final int DRIVER_VERSION = 13000;
    static final int CAPABILITY_MAJOR = 8;
    static final int CAPABILITY_MINOR = 0;
    static final int WARP_THREADS = 32;
    static final int BLOCK_THREADS = 1024;
    static final int BLOCK_DEPTH = 64;
    static final int GRID_SIDE = 65535;
    static final int SHARED_BYTES = 48 << 10;
    static final int OPT_IN_SHARED_BYTES = 163 << 10;
    static final int MULTIPROCESSOR_SHARED_BYTES = 164 << 10;
    static final int RESERVED_SHARED_BYTES = 1 << 10;
    static final int MULTIPROCESSOR_THREADS = 2048;
    static final int MULTIPROCESSOR_BLOCKS = 32;
    static final int REGISTERS = 65536;

    /** Four multiprocessors, 4 GiB, one unready poll. */
    public static SimulatedDevice defaults() {
        return new SimulatedDevice(4, 4L << 30, 1);
    }

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException when a device cannot be like that
     */
    public SimulatedDevice {
        if (multiprocessors < 1 || memoryBytes < 1 || pollsUntilReady < 0) {
            throw new IllegalArgumentException("a simulated device has at least 1 multiprocessor and 1 byte of memory, but was to have " + multiprocessors
                    + " and " + memoryBytes + ", with " + pollsUntilReady + " unready polls");
        }
    }

    /** The value of an attribute as cuDeviceGetAttribute numbers them; 0 for what this device does not have. */
    int attribute(int number) {
        return switch (number) {
            case 1, 2, 3 -> BLOCK_THREADS;
            case 4 -> BLOCK_DEPTH;
            case 5 -> Integer.MAX_VALUE;
            case 6, 7 -> GRID_SIDE;
            case 8 -> SHARED_BYTES;
            case 9 -> 64 << 10;
            case 10 -> WARP_THREADS;
            case 12, 82 -> REGISTERS;
            case 13 -> 1_410_000;
            case 16 -> multiprocessors;
            case 19, 31, 78, 99, 115 -> 1;
            case 36 -> 1_215_000;
            case 37 -> 5120;
            case 38 -> 40 << 20;
            case 39 -> MULTIPROCESSOR_THREADS;
            case 40 -> 3;
            case 75 -> CAPABILITY_MAJOR;
            case 76 -> CAPABILITY_MINOR;
            case 81 -> MULTIPROCESSOR_SHARED_BYTES;
            case 97 -> OPT_IN_SHARED_BYTES;
            case 106 -> MULTIPROCESSOR_BLOCKS;
            case 111 -> RESERVED_SHARED_BYTES;
            default -> 0;
        };
    }
}
