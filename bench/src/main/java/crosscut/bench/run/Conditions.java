package crosscut.bench.run;

import crosscut.kernels.device.ByteSize;
import crosscut.launcher.command.CommandLineMain;
import crosscut.launcher.doctor.Machine;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** Under what conditions a run measures: without them its numbers mean nothing. */
final class Conditions {

    private final Map<String, Object> facts = new LinkedHashMap<>();

    /** Looks at the machine, before anything runs. */
    static Conditions atStart(String preset, int threads) {
        Conditions conditions = new Conditions();
        Machine machine = Machine.here();
        conditions.facts.put("preset", preset);
        conditions.facts.put("begin", now());
        conditions.facts.put("crosscut", String.valueOf(CommandLineMain.class.getPackage().getImplementationVersion()));
        conditions.facts.put("processor", machine.processorName());
        conditions.facts.put("processors", Runtime.getRuntime().availableProcessors());
        conditions.facts.put("threads", threads);
        conditions.facts.put("memory", ByteSize.text(machine.memoryBytes()));
        conditions.facts.put("system", machine.distribution());
        conditions.facts.put("java", Runtime.version() + " (" + System.getProperty("java.vendor") + ")");
        conditions.facts.put("load at begin", load());
        return conditions;
    }

    /** Looks again. */
    void end() {
        facts.put("load at end", load());
        facts.put("end", now());
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Runnable threads on the machine, the average of a minute; -1 where unknown. */
    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    /** In the order in which people read them. */
    Map<String, Object> facts() {
        return new LinkedHashMap<>(facts);
    }
}
