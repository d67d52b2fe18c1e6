package crosscut.engine.preprocess;

import crosscut.engine.preprocess.PreprocessListener.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Runs the stages of a plan in order, skips those that the journal knows as done, records the others. */
final class StageRunner {

    /** The work of a stage. */
    interface Work {

        /** Does it, files durable under their final names included; tells the listener how far it is through {@code progress}. */
        StageJournal.Entry run(Progress progress);
    }

    /** Where a stage reports to. */
    interface Progress {
        void at(double share, long rows);
    }

    private record Planned(String name, double weight, Work work) {
    }

    private final StageJournal journal;
    private final PreprocessListener listener;
    private final List<Planned> plan = new ArrayList<>();

    StageRunner(StageJournal journal, PreprocessListener listener) {
        this.journal = journal;
        this.listener = listener;
    }

    /**
     * Adds a stage to the end of the plan.
     *
     * @param name unique in the plan
     * @param weight its estimated work, in the same unit for all stages
     */
    void add(String name, double weight, Work work) {
        plan.add(new Planned(name, weight, work));
    }

    /** Runs the plan. */
    void run() {
        double total = plan.stream().mapToDouble(Planned::weight).sum();
        double done = 0;
        for (int index = 0; index < plan.size(); index++) {
            Planned planned = plan.get(index);
            Stage stage = new Stage(planned.name(), index + 1, plan.size(), done / total, (done + planned.weight()) / total);
            run(planned, stage);
            done += planned.weight();
        }
    }

    private void run(Planned planned, Stage stage) {
        StageJournal.Entry earlier = journal.entry(planned.name());
        if (earlier != null) {
            listener.stageSkipped(stage, earlier.rows());
            return;
        }
        listener.stageStarted(stage);
        long start = System.nanoTime();
        StageJournal.Entry entry = planned.work().run((share, rows) -> listener.stageProgressed(stage, share, rows));
        journal.record(planned.name(), entry);
        listener.stageFinished(stage, entry.rows(), Duration.ofNanos(System.nanoTime() - start));
    }
}
