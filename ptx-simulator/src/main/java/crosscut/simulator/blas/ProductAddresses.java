package crosscut.simulator.blas;

/** Where the operands of a product lie on the device; 0 for those that it does not use. */
record ProductAddresses(long a, long b, long c, long d, long bias, long mask, long workspace) {
}
