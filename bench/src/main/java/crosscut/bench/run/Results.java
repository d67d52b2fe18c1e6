package crosscut.bench.run;

import crosscut.engine.profile.DeviceCeilings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What was measured in a run. Cases that did not fit into memory have no measurement. */
final class Results {

    private final Map<Case, Measurement> measurements = new LinkedHashMap<>();

    void add(Case measured, Measurement measurement) {
        measurements.put(measured, measurement);
    }

    Optional<Measurement> of(Case measured) {
        return Optional.ofNullable(measurements.get(measured));
    }

    /** Cases that are held against the same ceilings. */
    long countOf(CeilingsProfiler.Settings ceilings) {
        return measurements.keySet().stream().filter(measured -> ceilings.equals(measured.ceilings())).count();
    }

    int count() {
        return measurements.size();
    }

    /** The best that the device did anywhere in the run, by how it was measured: other programs only take away from it. */
    Map<CeilingsProfiler.Settings, DeviceCeilings> ceilings() {
        Map<CeilingsProfiler.Settings, DeviceCeilings> best = new LinkedHashMap<>();
        measurements.forEach((measured, measurement) -> {
            if (measurement.ceilings() != null) {
                best.merge(measured.ceilings(), measurement.ceilings(), DeviceCeilings::orBetter);
            }
        });
        return best;
    }

    /** Of the settings of a case that was measured. */
    DeviceCeilings ceilingsOf(Case measured) {
        return ceilings().get(measured.ceilings());
    }
}
