package crosscut.bench.peers;

import crosscut.bench.Contender;
import crosscut.bench.ModelSize;
import crosscut.bench.cpu.Contest;
import crosscut.bench.cpu.StartingPoint;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.Precision;
import crosscut.kernels.optimizer.UpdateRule;
import java.util.Collections;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** DCNv2 in libtorch on the weights and the batch of Crosscut's contenders: training steps, or forward passes. */
final class TorchDcnv2 implements Contender {

    /** That of {@link crosscut.bench.TrainingStep}. */
    private static final UpdateRule ADAM = new UpdateRule(UpdateRule.Kind.ADAM, 0.9, 0.999, OptimizerConfig.DEFAULT_EPSILON);
    private static final double LEARNING_RATE = 1e-4;

    private final TorchDense dense;
    private final TorchTables tables;
    private final DenseAdam optimizer;
    private final Tensor numerical;
    private final Tensor labels;
    private Tensor logits = new Tensor();
    private long steps;

    /** Copies what the contest's Crosscut contender starts from. */
    TorchDcnv2(Contest contest, boolean tuned) {
        boolean training = contest.mode() == Contest.Mode.TRAINING;
        try (StartingPoint start = new StartingPoint(contest)) {
            dense = new TorchDense(start, tuned);
            tables = new TorchTables(new TorchTables.Source(Collections.nCopies(ModelSize.TABLES, contest.size().rows()), contest.size().dimension(),
                    contest.batch(), start::table, start::ids), tuned);
            Tensor features = TorchTensors.copy(start.numerical(), contest.batch(), ModelSize.NUMERICAL_FEATURES);
            numerical = contest.precision() == Precision.BF16 ? features.to(torch.ScalarType.BFloat16) : features;
            labels = Tensor.create(start.labels(), contest.batch());
        }
        if (training) {
            optimizer = new DenseAdam(dense.parameters(), ADAM);
            dense.parameters().forEach(parameter -> parameter.set_requires_grad(true));
            tables.learn(ADAM);
        } else {
            optimizer = null;
            if (tuned) {
                dense.round(numerical.scalar_type());
            }
        }
    }

    @Override
    public double run() {
        return optimizer == null ? score() : train();
    }

    private double score() {
        try (var _ = new PointerScope(); var _ = new InferenceMode()) {
            keep(dense.logits(numerical, tables.vectors()));
            return 0;
        }
    }

    private double train() {
        try (var _ = new PointerScope()) {
            Tensor scores = dense.logits(numerical, tables.vectors());
            Tensor loss = torch.binary_cross_entropy_with_logits(scores.reshape(-1).to(torch.ScalarType.Float), labels);
            loss.backward();
            keep(scores.detach());
            steps++;
            double stepSize = LEARNING_RATE * Math.sqrt(1 - Math.pow(ADAM.beta2(), steps)) / (1 - Math.pow(ADAM.beta1(), steps));
            try (var _ = new NoGradGuard()) {
                tables.update(stepSize);
                optimizer.step(stepSize);
            }
            return loss.item_float();
        }
    }

    /** Keeps the logits beyond the scope in which they were made. */
    private void keep(Tensor newest) {
        logits.releaseReference();
        logits = newest.retainReference();
    }

    @Override
    public float[] outputs() {
        return TorchTensors.read(logits);
    }

    @Override
    public void close() {
        // The process ends, and its memory with it.
    }
}
