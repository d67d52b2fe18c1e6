package crosscut.bench.cpu;

import crosscut.bench.Contender;
import crosscut.bench.EmbeddingUpdateStep;
import crosscut.bench.InferenceStep;
import crosscut.bench.TrainingStep;
import crosscut.kernels.device.CpuDevice;
import crosscut.kernels.device.Device;
import crosscut.kernels.gemm.CpuMatrixProducts;
import crosscut.kernels.gemm.MatrixLibrary;
import java.io.IOException;
import java.util.List;

/** Our side of a race. */
public final class CrosscutContender {

    private CrosscutContender() {
    }

    /** Arguments: a {@link Contest}. */
    public static void main(String[] arguments) throws IOException {
        try (Contender contender = open(Contest.parse(List.of(arguments)))) {
            new ContenderTurns(contender).serveStandardInput();
        }
    }

    /** Our contender, ready to run. */
    public static Contender open(Contest contest) {
        Device device = CpuDevice.open(contest.threads(), pool -> CpuMatrixProducts.open(pool, MatrixLibrary.AUTO));
        return switch (contest.mode()) {
            case TRAINING -> new TrainingStep(contest.size(), contest.batch(), contest.precision(), device);
            case INFERENCE -> new InferenceStep(contest.size(), contest.batch(), contest.precision(), device);
            case EMBEDDING -> new EmbeddingUpdateStep(contest.embeddingWorkload(), device);
        };
    }
}
