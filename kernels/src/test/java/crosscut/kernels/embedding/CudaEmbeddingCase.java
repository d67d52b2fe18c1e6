package crosscut.kernels.embedding;

import crosscut.kernels.device.Bfloat16;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaFixture;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;

/** The same tables and ids on the CPU and on the CUDA device. */
final class CudaEmbeddingCase {

    private final CudaFixture fixture;
    final EmbeddingCase onCpu;
    final TableSet tables;
    final Tensor weights;
    final Tensor firstMoments;
    final Tensor secondMoments;
    final Tensor ids;

    CudaEmbeddingCase(CudaFixture fixture, List<EmbeddingCase.Shape> shapes, int batchSize, EmbeddingCase.Ids chosen, Random random, boolean aligned) {
        this.fixture = fixture;
        onCpu = new EmbeddingCase(fixture.cpu(), shapes, batchSize, chosen, random, aligned);
        weights = copy(onCpu.weights);
        firstMoments = copy(onCpu.firstMoments);
        secondMoments = copy(onCpu.secondMoments);
        ids = copy(onCpu.ids);
        tables = new TableSet(onCpu.tables.tables(), weights.memory(), firstMoments.memory(), secondMoments.memory());
    }

    private Tensor copy(Tensor onCpu) {
        Tensor copy = fixture.zeros(onCpu.type(), onCpu.rows(), onCpu.columns());
        MemorySegment bytes = onCpu.hostSegment();
        fixture.device().write(copy.memory(), 0, bytes);
        return copy;
    }

    /** A gap that makes rows of all columns a multiple of {@code multiple} elements long; never 0. */
    int gap(int multiple) {
        return multiple - onCpu.columns % multiple;
    }

    /** Some tables: every kind of width, with one id or several. */
    static List<EmbeddingCase.Shape> shapes(int largestDimension, int largestHotness, Random random) {
        return random.ints(1 + random.nextInt(4)).mapToObj(_ -> {
            int dimension = 1 + (int) (largestDimension * Math.pow(random.nextDouble(), 3));
            boolean whole = random.nextBoolean();
            int hotness = random.nextBoolean() ? 1 : 1 + random.nextInt(largestHotness);
            return new EmbeddingCase.Shape(1 + random.nextInt(60), whole ? (dimension + 3) / 4 * 4 : dimension, hotness,
                    random.nextBoolean() ? Pooling.SUM : Pooling.MEAN);
        }).toList();
    }

    /** {@code value} as the type holds it. */
    static double rounded(DataType type, double value) {
        return switch (type) {
            case BFLOAT16 -> Bfloat16.toFloat(Bfloat16.fromFloat((float) value));
            case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16((float) value));
            default -> (float) value;
        };
    }
}
