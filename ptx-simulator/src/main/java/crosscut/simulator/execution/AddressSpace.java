package crosscut.simulator.execution;

/**
 * What an access's address means. Shared and local memory have windows in the generic address space, with numbers that no allocation reaches; an address in
 * the state space itself counts from 0.
 */
enum AddressSpace {
    GENERIC(0),
    SHARED(0x7FFFF0L << 40),
    LOCAL(0x7FFFF1L << 40);

    private final long window;

    AddressSpace(long window) {
        this.window = window;
    }

    /** Generic address of the space's first byte. */
    long window() {
        return window;
    }
}
