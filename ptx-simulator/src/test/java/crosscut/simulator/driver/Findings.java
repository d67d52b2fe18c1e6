package crosscut.simulator.driver;

import java.util.List;

/** Findings of a driver, by kind. */
public final class Findings {

    private Findings() {
    }

    public static List<String> of(SimulatedCuda cuda, String kind) {
        return cuda.findings().all.stream().filter(finding -> finding.startsWith(kind)).toList();
    }
}
