package crosscut.engine.train;

import crosscut.engine.UserException;
import crosscut.engine.checkpoint.Checkpoint;
import crosscut.engine.checkpoint.CheckpointWriter;
import crosscut.engine.checkpoint.TrainingState;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.RunConfig;
import crosscut.engine.config.TableConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.data.BatchReader;
import crosscut.engine.data.BatchRing;
import crosscut.engine.data.Dataset;
import crosscut.engine.data.Datasets;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.SampleSource;
import crosscut.engine.model.Dcnv2;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.parallel.World;
import crosscut.engine.progress.ProgressEvent;
import crosscut.engine.progress.ProgressListener;
import crosscut.kernels.device.Device;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** One run from its configuration to its results: opens the data, builds the model, trains or evaluates. */
public final class Run {

    private final RunConfig config;
    private final TrainingConfig training;
    private final Device device;
    private final World world;
    private final ProgressListener listener;
    private final StopRequest stop;

    /** A run of one rank. */
    public Run(RunConfig config, Device device, ProgressListener listener, StopRequest stop) {
        this(config, device, World.single(), listener, stop);
    }

    /**
     * One rank's part of a run.
     *
     * @param world all ranks of the run
     * @param listener hears of it where this is the rank that speaks for all
     * @param stop whoever asks one rank asks them all
     */
    public Run(RunConfig config, Device device, World world, ProgressListener listener, StopRequest stop) {
        this.config = config;
        this.training = config.training();
        this.device = device;
        this.world = world;
        this.listener = world.isFirst() ? listener : _ -> {};
        this.stop = stop;
    }

    /**
     * Makes sure that so many ranks can do a run, before any of them is started.
     *
     * @throws UserException when a batch cannot be divided evenly, or when the mode is one for a single rank
     */
    public static void requireRunsOn(RunConfig config, int ranks) {
        if (config.mode() == RunConfig.Mode.INFERENCE && ranks > 1) {
            throw new UserException("--mode inference measures the latency of one process: use --np 1 instead of " + ranks);
        }
        if (config.mode() == RunConfig.Mode.TRAIN) {
            World.share("--batch_size", config.training().batchSize(), ranks);
        }
        World.share("--valid_batch_size", config.training().validBatchSize(), ranks);
    }

    /**
     * Does it.
     *
     * @return false when the run was asked to stop and did so before its end
     */
    public boolean execute() {
        requireRunsOn(config, world.size());
        try (Dataset dataset = Datasets.open(config.dataset(), training.seed())) {
            Map<String, Object> results = switch (config.mode()) {
                case TRAIN -> train(dataset);
                case EVAL -> evaluate(dataset);
                case INFERENCE -> benchmarkInference(dataset);
            };
            if (results == null) {
                return false;
            }
            listener.on(new ProgressEvent.RunFinished(results));
            return true;
        }
    }

    private Map<String, Object> train(Dataset dataset) {
        SampleSource train = dataset.split(FeatureSpec.TRAIN);
        BatchReader.requireOneBatch(train, "--batch_size", training.batchSize());
        ModelConfig model = config.model().resolve(dataset.spec());
        requireCountableIds("--batch_size", training.batchSize(), model);
        requireCountableIds("--valid_batch_size", training.validBatchSize(), model);
        Checkpoint restored = config.checkpoint().restorePath() == null ? null : Checkpoint.open(config.checkpoint().restorePath(), world);
        TrainingState state = initialState(model, train);
        world.requireSame("the train data", state.trainFingerprint());
        boolean resumes = restored != null && !config.checkpoint().weightsOnly();
        if (resumes) {
            restored.requireSameTraining(state);
            state = restored.state();
        } else if (restored != null) {
            restored.requireSameShape(model);
        }
        announce(dataset, model, restored, state.step());
        try (ModelParameters parameters = ModelParameters.allocate(device, model, training.precision(), training.optimizer(), world)) {
            if (restored == null) {
                parameters.initialize(training.seed(), training.embeddingZeros());
            } else {
                restored.restore(device, parameters, resumes);
            }
            return trainWith(dataset, train, parameters, state);
        }
    }

    private Map<String, Object> trainWith(Dataset dataset, SampleSource train, ModelParameters parameters, TrainingState state) {
        SampleSource test = evaluationSplit(dataset);
        CheckpointWriter writer = config.checkpoint().savePath() == null ? null : new CheckpointWriter(device, parameters, config.checkpoint());
        try (BatchRing ring = new BatchRing(device, train.layout(world.shareOf("--batch_size", training.batchSize())));
                Trainer trainer = new Trainer(device, parameters, training, ring.layout(), state.step())) {
            boolean shared = training.validBatchSize() == training.batchSize();
            Dcnv2 evaluated = shared ? trainer.model() : parameters.inferencePass(device, validShare());
            try (Evaluator evaluator = new Evaluator(device, world, evaluated, test, training.aucThresholds())) {
                return new TrainingLoop(training, config.checkpoint(), train, ring, trainer, evaluator, writer, state, listener, stop, world).run();
            } finally {
                if (!shared) {
                    evaluated.close();
                }
            }
        }
    }

    /** Ids are counted in 32 bits. */
    private static void requireCountableIds(String flag, int batchSize, ModelConfig model) {
        long ids = model.tables().stream().mapToLong(TableConfig::hotness).sum() * batchSize;
        if (ids > Integer.MAX_VALUE) {
            throw new UserException(flag + " " + batchSize + " makes batches of " + ids + " ids, more than " + Integer.MAX_VALUE + ": use a smaller batch");
        }
    }

    private int validShare() {
        return world.shareOf("--valid_batch_size", training.validBatchSize());
    }

    private TrainingState initialState(ModelConfig model, SampleSource train) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("batch_size", String.valueOf(training.batchSize()));
        settings.put("precision", training.precision().name().toLowerCase(Locale.ROOT));
        settings.put("seed", String.valueOf(training.seed()));
        settings.put("shuffle", String.valueOf(training.shuffle()));
        return new TrainingState(0, BestResult.NONE, model, training.optimizer(), settings, train.fingerprint());
    }

    private Map<String, Object> evaluate(Dataset dataset) {
        try (ModelParameters parameters = restoreForInference(dataset);
                Dcnv2 pass = parameters.inferencePass(device, validShare());
                Evaluator evaluator = new Evaluator(device, world, pass, evaluationSplit(dataset), training.aucThresholds())) {
            Evaluation evaluation = evaluator.evaluate(0, training.maxSteps(), listener);
            listener.on(new ProgressEvent.EvaluationReport(0, evaluation.auc(), evaluation.loss(), evaluation.samples(), evaluation.seconds()));
            Map<String, Object> results = new LinkedHashMap<>();
            results.put("auc", evaluation.auc());
            results.put("auc_" + training.aucThresholds() + "_thresholds", evaluation.thresholdAuc());
            results.put("test_loss", evaluation.loss());
            results.put("samples", evaluation.samples());
            return results;
        }
    }

    private Map<String, Object> benchmarkInference(Dataset dataset) {
        SampleSource test = evaluationSplit(dataset);
        BatchReader.requireOneBatch(test, "--valid_batch_size", training.validBatchSize());
        try (ModelParameters parameters = restoreForInference(dataset); Dcnv2 pass = parameters.inferencePass(device, training.validBatchSize())) {
            return new InferenceBenchmark(device, pass, test).run(training.maxSteps(), listener);
        }
    }

    /** The checkpoint's model, whatever the model flags say; without a checkpoint a new one, which only the benchmark makes sense of. */
    private ModelParameters restoreForInference(Dataset dataset) {
        ModelConfig flagged = config.model().resolve(dataset.spec());
        requireCountableIds("--valid_batch_size", training.validBatchSize(), flagged);
        if (config.checkpoint().restorePath() == null) {
            if (config.mode() == RunConfig.Mode.EVAL) {
                throw new UserException("--mode eval needs --restore_checkpoint_path PATH: there is nothing to evaluate otherwise");
            }
            announce(dataset, flagged, null, 0);
            ModelParameters fresh = ModelParameters.allocate(device, flagged, training.precision(), null, world);
            fresh.initialize(training.seed(), training.embeddingZeros());
            return fresh;
        }
        Checkpoint checkpoint = Checkpoint.open(config.checkpoint().restorePath(), world);
        ModelConfig model = checkpoint.state().model();
        checkpoint.requireFeatures(flagged);
        announce(dataset, model, checkpoint, checkpoint.state().step());
        ModelParameters parameters = ModelParameters.allocate(device, model, training.precision(), null, world);
        checkpoint.restore(device, parameters, false);
        return parameters;
    }

    private SampleSource evaluationSplit(Dataset dataset) {
        String split = config.dataset().evaluationSplit();
        if (!dataset.splits().contains(split)) {
            throw new UserException("--evaluation_split " + split + ": the data set has " + String.join(", ", new TreeSet<>(dataset.splits())) + " only");
        }
        return dataset.split(split);
    }

    private void announce(Dataset dataset, ModelConfig model, Checkpoint restored, long step) {
        if (!world.isFirst()) {
            // Nobody listens, and some of it takes seconds to find out.
            return;
        }
        List<String> description = new RunDescription(config, device, world, dataset, model).lines();
        if (restored != null) {
            description.add("restored " + restored.folder() + (step > 0 ? " at step " + step : ""));
        }
        listener.on(new ProgressEvent.RunStarted(config.flags(), description));
    }
}
