package crosscut.engine.train;

import crosscut.engine.checkpoint.Checkpoint;
import crosscut.engine.checkpoint.CheckpointWriter;
import crosscut.engine.checkpoint.TrainingState;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.RunConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.data.BatchReader;
import crosscut.engine.data.BatchRing;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.Fingerprint;
import crosscut.engine.data.SampleSource;
import crosscut.engine.model.Dcnv2;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.parallel.RankInput;
import crosscut.engine.parallel.World;
import crosscut.kernels.device.Device;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code --mode train}: from initial values or a checkpoint to a trained model. */
final class TrainingRun {

    private final RunContext context;
    private final RunConfig config;
    private final TrainingConfig training;
    private final Device device;
    private final World world;

    TrainingRun(RunContext context) {
        this.context = context;
        this.config = context.config();
        this.training = context.training();
        this.device = context.device();
        this.world = context.world();
    }

    /** Trains; returns null when it was asked to stop and did so before the end. */
    Map<String, Object> execute() {
        SampleSource train = context.dataset().split(FeatureSpec.TRAIN);
        BatchReader.requireOneBatch(train, "--batch_size", training.batchSize());
        ModelConfig model = context.model();
        context.requireCountableIds("--batch_size", training.batchSize());
        context.requireCountableIds("--valid_batch_size", training.validBatchSize());
        Checkpoint restored = context.restored();
        Fingerprint data = Fingerprint.of(world.join("the train data", train.fingerprint().facts()));
        TrainingState state = initialState(data.text());
        boolean resumes = restored != null && !config.checkpoint().weightsOnly();
        if (resumes) {
            restored.requireSameTraining(state);
            state = restored.state();
        } else if (restored != null) {
            restored.requireSameShape(model);
        }
        context.announce(state.step());
        try (ModelParameters parameters = ModelParameters.allocate(device, model, training.precision(), training.optimizer(), world, training.placement())) {
            if (restored == null) {
                parameters.initialize(training.seed(), training.embeddingZeros());
            } else {
                restored.restore(device, parameters, resumes);
            }
            return trainWith(train, parameters, state);
        }
    }

    private Map<String, Object> trainWith(SampleSource train, ModelParameters parameters, TrainingState state) {
        SampleSource test = context.evaluationSplit();
        CheckpointWriter writer = config.checkpoint().savePath() == null ? null : new CheckpointWriter(device, parameters, config.checkpoint());
        RankInput input = parameters.input();
        try (BatchRing ring = new BatchRing(device, input.layout(train.layout(world.shareOf("--batch_size", training.batchSize()))));
                Trainer trainer = new Trainer(device, parameters, training, ring.layout(), state.step())) {
            if (trainer.scaling() != null && !state.lossScale().isEmpty()) {
                trainer.scaling().restore(state.lossScale());
            }
            int evaluationShare = context.evaluationShare();
            boolean shared = evaluationShare == trainer.model().batchSize();
            Dcnv2 evaluated = shared ? trainer.model() : parameters.inferencePass(device, evaluationShare);
            try (Evaluator evaluator = new Evaluator(device, world, input, evaluated, test, training.aucThresholds())) {
                return new TrainingLoop(context, train, ring, trainer, evaluator, writer, state).run();
            } finally {
                if (!shared) {
                    evaluated.close();
                }
            }
        }
    }

    private TrainingState initialState(String trainFingerprint) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("batch_size", String.valueOf(training.batchSize()));
        settings.put("precision", training.precision().name().toLowerCase(Locale.ROOT));
        settings.put("seed", String.valueOf(training.seed()));
        settings.put("shuffle", String.valueOf(training.shuffle()));
        return new TrainingState(0, BestResult.NONE, context.model(), training.optimizer(), settings, trainFingerprint, List.of());
    }
}
