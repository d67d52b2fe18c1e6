package crosscut.simulator.upcall;

/** A pointer that a caller passed leads to memory that the process does not have. */
public final class CallerMemoryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CallerMemoryException(String argument, long address, long bytes, String access) {
        super(argument + " is " + (address == 0 ? "the null pointer" : "0x" + Long.toHexString(address) + ", where the process cannot " + access + " " + bytes
                + " bytes"));
    }
}
