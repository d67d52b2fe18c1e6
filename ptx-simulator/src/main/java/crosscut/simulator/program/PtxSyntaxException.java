package crosscut.simulator.program;

/** PTX that the simulator cannot read, or an instruction form that it does not execute; the message names the line. */
public final class PtxSyntaxException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int line;

    /** Says what is wrong in which line, counted from 1. */
    public PtxSyntaxException(int line, String problem) {
        super("PTX line " + line + ": " + problem);
        this.line = line;
    }

    /** The line, counted from 1. */
    public int line() {
        return line;
    }
}
