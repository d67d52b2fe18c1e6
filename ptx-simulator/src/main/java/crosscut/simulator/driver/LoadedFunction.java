package crosscut.simulator.driver;

import crosscut.simulator.program.PtxKernel;

/** A kernel, and how much dynamic shared memory its launches may ask for. */
final class LoadedFunction {

    final PtxKernel kernel;
    final String moduleText;
    int maximumDynamicSharedBytes;

    LoadedFunction(PtxKernel kernel, String moduleText) {
        this.kernel = kernel;
        this.moduleText = moduleText;
        maximumDynamicSharedBytes = Math.max(0, SimulatedDevice.SHARED_BYTES - kernel.staticSharedBytes());
    }

    int maximumThreads() {
        int declared = kernel.maximumThreads();
        return declared > 0 ? Math.min(declared, SimulatedDevice.BLOCK_THREADS) : SimulatedDevice.BLOCK_THREADS;
    }
}
