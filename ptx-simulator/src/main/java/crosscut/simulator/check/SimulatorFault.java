package crosscut.simulator.check;

import java.util.Optional;

/** What a GPU would end a launch for: an address outside every allocation, a misaligned access, an endless loop. */
public final class SimulatorFault extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What a GPU calls it. */
    public enum Kind {
        ADDRESS,
        MISALIGNED,
        ENDLESS_LOOP,
        ARITHMETIC
    }

    private final Kind kind;
    private final transient Place place;
    private final String problem;

    /** An address of the host's that is in no allocation. */
    public SimulatorFault(String problem) {
        super(problem);
        this.kind = Kind.ADDRESS;
        this.place = null;
        this.problem = problem;
    }

    /** A problem at a place in a kernel. */
    public SimulatorFault(Kind kind, Place place, String problem) {
        super(problem + " in " + place);
        this.kind = kind;
        this.place = place;
        this.problem = problem;
    }

    /** What kind of fault. */
    public Kind kind() {
        return kind;
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
