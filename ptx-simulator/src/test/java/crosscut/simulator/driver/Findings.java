package crosscut.simulator.driver;

import crosscut.simulator.check.FindingKind;
import java.util.List;

/** Findings of a driver, by kind. */
public final class Findings {

    private Findings() {
    }

    /** The texts of the findings of one kind. */
    public static List<String> of(SimulatedCuda cuda, FindingKind kind) {
        return cuda.findings().all().stream().filter(finding -> finding.kind() == kind).map(Object::toString).toList();
    }
}
