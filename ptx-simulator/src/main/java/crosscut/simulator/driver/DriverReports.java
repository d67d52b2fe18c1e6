package crosscut.simulator.driver;

import crosscut.simulator.check.FindingKind;
import crosscut.simulator.check.FindingLog;
import crosscut.simulator.check.SimulatorFault;

/** Where the driver reports what it finds. */
final class DriverReports {

    private final FindingLog findings;
    private String lastFault = "";

    DriverReports(FindingLog findings) {
        this.findings = findings;
    }

    void report(FindingKind kind, String text) {
        findings.add(kind, text);
    }

    /** An operation has failed in the simulator. */
    void fault(String operation, SimulatorFault fault) {
        lastFault = operation + ": " + fault.getMessage();
        fault.place().ifPresentOrElse(place -> findings.add(FindingKind.FAULT, place, fault.problem()), () -> findings.add(FindingKind.FAULT, lastFault));
    }

    String lastFault() {
        return lastFault;
    }

    static DriverStatus status(SimulatorFault fault) {
        return switch (fault.kind()) {
            case ADDRESS -> DriverStatus.ILLEGAL_ADDRESS;
            case MISALIGNED -> DriverStatus.MISALIGNED_ADDRESS;
            case ENDLESS_LOOP -> DriverStatus.LAUNCH_TIMEOUT;
            case ARITHMETIC -> DriverStatus.LAUNCH_FAILED;
        };
    }
}
