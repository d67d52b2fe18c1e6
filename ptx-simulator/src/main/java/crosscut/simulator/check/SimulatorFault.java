package crosscut.simulator.check;

import java.util.Optional;

/** What a GPU would end a launch for: an address outside every allocation, a misaligned access, an endless loop. */
public final class SimulatorFault extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Place place;
    private final String problem;

    public SimulatorFault(String problem) {
        super(problem);
        this.place = null;
        this.problem = problem;
    }

    /** A problem at a place in a kernel. */
    public SimulatorFault(Place place, String problem) {
        super(problem + " in " + place);
        this.place = place;
        this.problem = problem;
    }

    /** Where in a kernel; nothing for what the host did. */
    public Optional<Place> place() {
        return Optional.ofNullable(place);
    }

    /** What went wrong, without the place. */
    public String problem() {
        return problem;
    }
}
