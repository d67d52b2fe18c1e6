package crosscut.simulator.check;

/** What a GPU would end a launch for: an address outside every allocation, a misaligned access, an endless loop. */
public final class SimulatorFault extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SimulatorFault(String problem) {
        super(problem);
    }

    /** A problem at a place in a kernel. */
    public SimulatorFault(Place place, String problem) {
        super(problem + " in " + place);
    }
}
