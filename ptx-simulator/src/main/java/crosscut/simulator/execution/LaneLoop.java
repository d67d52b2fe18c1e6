package crosscut.simulator.execution;

/** An operation on all 32 lanes at once: plain loops over arrays, which the JIT turns into vector instructions. Has no effect but on its result. */
@FunctionalInterface
interface LaneLoop {

    /**
     * Computes 32 results.
     *
     * @param w registers of up to 32 bits, 32 lanes next to each other
     * @param q 64-bit registers, alike
     * @param d where the results go
     * @param a first operand
     * @param b second operand
     * @param c third operand
     */
    void run(int[] w, long[] q, int d, int a, int b, int c);
}
