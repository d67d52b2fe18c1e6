package crosscut.engine.train;

import crosscut.engine.UserException;
import crosscut.engine.checkpoint.Checkpoint;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.data.BatchReader;
import crosscut.engine.data.SampleSource;
import crosscut.engine.model.Dcnv2;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.parallel.World;
import crosscut.engine.progress.ProgressEvent;
import crosscut.kernels.device.Device;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code --mode eval} and {@code --mode inference}: a trained model at work. */
final class EvaluationRun {

    private final RunContext context;
    private final TrainingConfig training;
    private final Device device;
    private final World world;

    EvaluationRun(RunContext context) {
        this.context = context;
        this.training = context.training();
        this.device = context.device();
        this.world = context.world();
    }

    /** AUC and loss of a checkpoint; null when it was asked to stop and did so before the end. */
    Map<String, Object> evaluate() {
        if (context.restored() == null) {
            throw new UserException("--mode eval needs --restore_checkpoint_path PATH: there is nothing to evaluate otherwise");
        }
        long step = context.restored().state().step();
        try (ModelParameters parameters = restoredOrNew();
                Dcnv2 pass = parameters.inferencePass(device, context.evaluationShare());
                Evaluator evaluator = new Evaluator(device, world, parameters.input(), pass, context.evaluationSplit(), training.aucThresholds())) {
            Evaluation evaluation = evaluator.evaluate(step, training.maxSteps(), context.listener(),
                    () -> world.isTrueOnAnyRank(context.stop().isRequested()));
            if (evaluation == null) {
                return null;
            }
            context.listener().on(new ProgressEvent.EvaluationReport(step, evaluation.auc(), evaluation.loss(), evaluation.samples(), evaluation.seconds()));
            Map<String, Object> results = new LinkedHashMap<>();
            results.put("auc", evaluation.auc());
            results.put("auc_" + training.aucThresholds() + "_thresholds", evaluation.thresholdAuc());
            results.put("test_loss", evaluation.loss());
            results.put("samples", evaluation.samples());
            return results;
        }
    }

    /** Latency and throughput of a checkpoint, or of a new model where none is named; null when it was asked to stop and did so before the end. */
    Map<String, Object> benchmarkInference() {
        SampleSource test = context.evaluationSplit();
        BatchReader.requireOneBatch(test, "--valid_batch_size", training.validBatchSize());
        try (ModelParameters parameters = restoredOrNew(); Dcnv2 pass = parameters.inferencePass(device, training.validBatchSize())) {
            return new InferenceBenchmark(device, pass, test, context.listener(), context.stop()).run(training.maxSteps());
        }
    }

    private ModelParameters restoredOrNew() {
        Checkpoint checkpoint = context.restored();
        context.requireCountableIds("--valid_batch_size", training.validBatchSize());
        context.announce(checkpoint == null ? 0 : checkpoint.state().step());
        ModelParameters parameters = ModelParameters.allocate(device, context.model(), training.precision(), null, world, training.placement());
        if (checkpoint == null) {
            parameters.initialize(training.seed(), training.embeddingZeros());
        } else {
            checkpoint.restore(device, parameters, false);
        }
        return parameters;
    }
}
