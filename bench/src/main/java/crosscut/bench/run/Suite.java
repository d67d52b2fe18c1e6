package crosscut.bench.run;

import java.util.List;

/** A set of cases that belong into one table. */
interface Suite {

    /** What to measure, in this order. */
    List<Case> cases();

    /** A line for everything that cannot be measured on this machine at all, with the reason. */
    default List<String> leftOut() {
        return List.of();
    }

    /** Measures by starting programs what JMH cannot; called once, after all cases. */
    default void runPrograms(WholeRuns runs) {
        // Most suites have cases only.
    }

    /** What was measured; without rows where nothing was. */
    Table table(Results results);
}
