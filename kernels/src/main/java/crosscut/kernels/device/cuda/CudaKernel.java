package crosscut.kernels.device.cuda;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import java.lang.foreign.MemorySegment;

/** A kernel that is loaded on the device. */
public final class CudaKernel {

    /** Most blocks along x that a launch takes, on every GPU. */
    static final long MAX_BLOCKS = Integer.MAX_VALUE;

    /** Most threads of a block, on every GPU. */
    static final int MAX_THREADS = 1024;

    private final CudaContext context;
    private final String name;
    private final long function;

    CudaKernel(CudaContext context, String name, long function) {
        this.context = context;
        this.name = name;
        this.function = function;
    }

    /**
     * Binds the kernel to its grid and arguments. The arguments are laid out here, once; launching allocates nothing.
     *
     * @param blocks blocks along x; with 0 the operation launches nothing
     * @param threads threads of a block along x
     * @param dynamicSharedBytes bytes of {@code extern __shared__} memory
     * @param arguments in the order of the kernel's parameters
     * @throws IllegalArgumentException when the grid is larger than any GPU takes
     */
    public Operation bind(long blocks, int threads, int dynamicSharedBytes, KernelArguments arguments) {
        if (blocks < 0 || blocks > MAX_BLOCKS || threads < 1 || threads > MAX_THREADS || dynamicSharedBytes < 0) {
            throw new IllegalArgumentException("kernel " + name + " was to be launched with " + blocks + " blocks of " + threads + " threads and "
                    + dynamicSharedBytes + " bytes of shared memory; a GPU takes up to " + MAX_BLOCKS + " blocks of 1 to " + MAX_THREADS + " threads");
        }
        return blocks == 0 ? stream -> { } : new Launch(this, (int) blocks, threads, dynamicSharedBytes, arguments.layOut());
    }

    private record Launch(CudaKernel kernel, int blocks, int threads, int sharedBytes, MemorySegment arguments) implements Operation {

        @Override
        public void launch(Stream stream) {
            kernel.context.driver().launch(kernel.function, blocks, 1, 1, threads, 1, 1, sharedBytes, CudaStream.handle(stream), arguments.address());
        }
    }
}
