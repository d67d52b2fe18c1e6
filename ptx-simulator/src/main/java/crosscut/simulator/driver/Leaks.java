package crosscut.simulator.driver;

import crosscut.simulator.check.FindingKind;
import crosscut.simulator.upcall.HandleTable;

/** What callers have left when the driver ends. */
final class Leaks {

    private final DriverState driver;

    Leaks(DriverState driver) {
        this.driver = driver;
    }

    void report(int retainedContexts) {
        count(driver.modules, "modules");
        driver.modules.all().forEach(module -> driver.simulator.unload(module.program()));
        driver.simulator.memory().live().forEach(allocation -> driver.reports.report(FindingKind.LEAK, allocation + " was not freed"));
        driver.pinned.all().forEach(block -> driver.reports.report(FindingKind.LEAK, block.host.byteSize() + " bytes of pinned memory were not freed"));
        count(driver.streams.handles, "streams");
        count(driver.events, "events");
        count(driver.graphs, "graphs");
        count(driver.executables, "executable graphs");
        if (retainedContexts > 0) {
            driver.reports.report(FindingKind.LEAK, "the primary context was retained " + retainedContexts + " times more than released");
        }
    }

    private void count(HandleTable<?> handles, String what) {
        if (!handles.all().isEmpty()) {
            driver.reports.report(FindingKind.LEAK, handles.all().size() + " " + what + " were not destroyed");
        }
    }
}
