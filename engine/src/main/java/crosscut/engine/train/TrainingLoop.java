package crosscut.engine.train;

import crosscut.engine.UserException;
import crosscut.engine.checkpoint.CheckpointWriter;
import crosscut.engine.checkpoint.TrainingState;
import crosscut.engine.config.CheckpointConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.data.BatchReader;
import crosscut.engine.data.BatchRing;
import crosscut.engine.data.SampleOrder;
import crosscut.engine.data.SampleSource;
import crosscut.engine.data.ShuffledOrder;
import crosscut.engine.parallel.World;
import crosscut.engine.profile.StepWatch;
import crosscut.engine.progress.ProgressEvent;
import crosscut.engine.progress.ProgressListener;
import crosscut.kernels.batch.InvalidSampleException;
import crosscut.kernels.batch.RawBatch;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Epochs, evaluations, checkpoints and reports around {@link Trainer#step}. Everything that decides what happens at a step is a function of the step's
 * number, so that a resumed training goes the way an uninterrupted one would have gone.
 */
final class TrainingLoop {

    /** How often a slow training reports between two multiples of the print frequency. */
    private static final long REPORT_NANOS = 300_000_000L;

    private final TrainingConfig config;
    private final CheckpointConfig checkpoints;
    private final SampleSource train;
    private final BatchRing ring;
    private final Trainer trainer;
    private final Evaluator evaluator;
    private final CheckpointWriter writer;
    private final ProgressListener listener;
    private final StopRequest stop;
    private final StepWatch watch;
    private final World world;
    private final long stepsPerEpoch;
    private final long totalSteps;
    private final EvaluationSchedule evaluations;
    private final Throughput throughput;
    private final BatchesInFlight inFlight;
    private TrainingState state;
    private boolean stopping;
    private long lastSavedStep = -1;
    private long reportedSkips;
    private long lastReport = System.nanoTime();

    /**
     * Prepares a training.
     *
     * @param context what the run works with
     * @param train the whole split
     * @param ring buffers for what this rank reads of a batch
     * @param writer null to save no checkpoints
     * @param state where the training stands: at step 0, or as a checkpoint says
     */
    TrainingLoop(
            RunContext context, SampleSource train, BatchRing ring, Trainer trainer, Evaluator evaluator, CheckpointWriter writer, TrainingState state) {
        this.config = context.training();
        this.checkpoints = context.config().checkpoint();
        this.train = train;
        this.ring = ring;
        this.trainer = trainer;
        this.evaluator = evaluator;
        this.writer = writer;
        this.state = state;
        this.listener = context.listener();
        this.stop = context.stop();
        this.watch = context.watch();
        this.world = context.world();
        this.stepsPerEpoch = train.samples() / config.batchSize();
        long planned = stepsPerEpoch * config.epochs();
        this.totalSteps = config.maxSteps() < 0 ? planned : Math.min(planned, config.maxSteps());
        this.evaluations = new EvaluationSchedule(stepsPerEpoch, config.evalsPerEpoch());
        this.inFlight = new BatchesInFlight(context.device(), ring.batches().size());
        this.throughput = new Throughput(config.batchSize(), Throughput.warmupSteps(Math.max(0, totalSteps - state.step()), config.printFreq()));
    }

    /**
     * Trains to the end or until somebody asks to stop.
     *
     * @return the results by the names that the log uses, or null when the run was stopped before its end
     * @throws UserException when the loss is no longer a number
     */
    Map<String, Object> run() {
        if (trainer.stepsDone() >= totalSteps) {
            throw new UserException("the checkpoint already has " + trainer.stepsDone() + " steps and this training ends after " + totalSteps
                    + ": give more --epochs or --max_steps, or evaluate it with --mode eval");
        }
        stopping = world.isTrueOnAnyRank(stop.isRequested());
        try (inFlight) {
            while (trainer.stepsDone() < totalSteps && !stopping) {
                runEpoch();
            }
        }
        saveCheckpoint(false);
        if (trainer.stepsDone() < totalSteps) {
            listener.on(new ProgressEvent.Message("stopped after step " + trainer.stepsDone() + " of " + totalSteps + ", as asked"));
            return null;
        }
        return results();
    }

    private void runEpoch() {
        int epoch = Math.toIntExact(trainer.stepsDone() / stepsPerEpoch);
        SampleOrder order = config.shuffle() ? new ShuffledOrder(train.samples(), config.seed(), epoch) : SampleOrder.STORED;
        long firstStep = trainer.stepsDone() % stepsPerEpoch;
        try (BatchReader reader = BatchReader.wholeBatches(train, world.rank(), order, firstStep, ring.batches())) {
            RawBatch next = null;
            for (long step = firstStep; step < stepsPerEpoch && trainer.stepsDone() < totalSteps && !stopping; step++) {
                next = trainOneStep(reader, next);
                afterStep(reader, epoch + 1, step);
            }
            waitForSteps(reader);
            inFlight.releaseAll(reader);
        }
    }

    /**
     * Launches one step, and beside it the preparation of the next batch where that is worth while and there is one to train on.
     *
     * @param prepared the batch that was prepared beside the step before; null for none
     * @return the batch that is prepared beside this one; null for none
     */
    private RawBatch trainOneStep(BatchReader reader, RawBatch prepared) {
        long start = System.nanoTime();
        long waitedBefore = reader.waitNanos();
        RawBatch batch = prepared == null ? reader.next() : prepared;
        watch.beforeStep();
        try {
            if (prepared == null) {
                trainer.prepare(batch);
            }
            trainer.step();
        } catch (InvalidSampleException failure) {
            throw reader.located(failure);
        }
        inFlight.add(batch, trainer.batchStream());
        RawBatch next = trainer.preparesAhead() && trainer.stepsDone() < totalSteps ? prepareNext(reader) : null;
        watch.afterStep(batch);
        inFlight.release(reader);
        throughput.addStep(System.nanoTime() - start, reader.waitNanos() - waitedBefore);
        return next;
    }

    /**
     * Null where the epoch ends. On a single rank also where the reader has failed: the step that was launched is reported and saved first, and should another
     * one be wanted, it tells why there is none. Several ranks would wait there for the ids of the one whose reader has failed, which therefore fails at once.
     */
    private RawBatch prepareNext(BatchReader reader) {
        RawBatch next = reader.hasNext() || !world.isSingle() ? reader.next() : null;
        if (next != null) {
            trainer.prepare(next);
        }
        return next;
    }

    /** Nothing is reported, evaluated or saved that a bad value may have spoilt. */
    private void waitForSteps(BatchReader reader) {
        long start = System.nanoTime();
        try {
            trainer.synchronize();
        } catch (InvalidSampleException failure) {
            throw reader.located(failure);
        }
        throughput.addWait(System.nanoTime() - start);
    }

    private void afterStep(BatchReader reader, int epoch, long stepInEpoch) {
        long done = trainer.stepsDone();
        boolean last = done == totalSteps;
        boolean evaluates = evaluations.isDueAfter(stepInEpoch) || last;
        boolean due = checkpoints.everySteps() > 0 && done % checkpoints.everySteps() == 0;
        boolean mustReport = done % config.printFreq() == 0 || last;
        boolean agrees = trainer.isAgreementDue(mustReport || evaluates || due);
        if (agrees) {
            long start = System.nanoTime();
            stopping = trainer.agreeOnStop(stop.isRequested());
            throughput.addWait(System.nanoTime() - start);
        }
        boolean reports = mustReport || agrees && System.nanoTime() - lastReport > REPORT_NANOS;
        if (reports || evaluates || due) {
            waitForSteps(reader);
        }
        if (reports) {
            report(epoch, done);
        }
        boolean best = false;
        if (evaluates) {
            best = evaluate(done);
        }
        if (due || best && checkpoints.everySteps() > 0) {
            saveCheckpoint(best);
        } else if (best && last) {
            saveCheckpoint(true);
        }
    }

    private void report(int epoch, long done) {
        double loss = trainer.loss();
        if (!Double.isFinite(loss)) {
            throw new UserException("the training loss is " + loss + " at step " + done + ": lower --learning_rate (now " + config.optimizer().learningRate()
                    + ") or look for extreme numerical values with `inspect`; the newest checkpoint is from " + lastSaved());
        }
        listener.on(new ProgressEvent.StepReport(epoch, done, totalSteps, loss, trainer.learningRate(), throughput.windowSamplesPerSecond(),
                throughput.windowStepMilliseconds(), throughput.windowWaitShare()));
        reportSkippedSteps();
        throughput.startWindow();
        lastReport = System.nanoTime();
    }

    /** Overflows are ordinary while a dynamic scale finds its place, so they are told, not refused. */
    private void reportSkippedSteps() {
        if (trainer.scaling() == null) {
            return;
        }
        trainer.scaling().read();
        long skipped = trainer.scaling().skippedSteps();
        if (skipped > reportedSkips) {
            listener.on(new ProgressEvent.Message(skipped - reportedSkips + " steps were skipped because fp16 gradients overflowed, " + skipped
                    + " in all; the loss scale is now " + Math.round(trainer.scaling().currentScale())));
            reportedSkips = skipped;
        }
    }

    private String lastSaved() {
        return lastSavedStep < 0 ? "no step of this run" : "step " + lastSavedStep;
    }

    private boolean evaluate(long done) {
        // Never left half done: a resumed training would miss its result.
        Evaluation evaluation = evaluator.evaluate(done, -1, listener, () -> false);
        boolean best = state.best().improvedBy(evaluation);
        state = state.at(done, state.best().with(evaluation, done));
        listener.on(new ProgressEvent.EvaluationReport(done, evaluation.auc(), evaluation.loss(), evaluation.samples(), evaluation.seconds()));
        lastReport = System.nanoTime();
        return best;
    }

    private void saveCheckpoint(boolean best) {
        if (writer == null || lastSavedStep == trainer.stepsDone()) {
            return;
        }
        state = state.at(trainer.stepsDone(), state.best());
        if (trainer.scaling() != null) {
            trainer.scaling().read();
            state = state.withLossScale(trainer.scaling().values());
        }
        CheckpointWriter.Written written = writer.write(state, best);
        lastSavedStep = state.step();
        listener.on(new ProgressEvent.CheckpointWritten(written.path(), state.step(), written.bytes(), written.seconds()));
        lastReport = System.nanoTime();
    }

    private Map<String, Object> results() {
        Map<String, Object> results = new LinkedHashMap<>();
        results.put("auc", state.best().auc());
        results.put("validation_loss", state.best().loss());
        results.put("throughput", throughput.samplesPerSecond());
        results.put("mean_step_time_ms", throughput.meanStepMilliseconds());
        results.put("data_wait_share", throughput.waitShare());
        results.put("steps", trainer.stepsDone());
        if (trainer.scaling() != null) {
            trainer.scaling().read();
            results.put("skipped_steps", trainer.scaling().skippedSteps());
            results.put("loss_scale", trainer.scaling().currentScale());
        }
        return results;
    }
}
