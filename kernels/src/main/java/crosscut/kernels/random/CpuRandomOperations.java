package crosscut.kernels.random;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.PiecewiseOperation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

/** {@link RandomOperations} on the worker threads of the CPU device: stream in the upper half of the Philox counter, element index / 4 in the lower. */
public final class CpuRandomOperations implements RandomOperations {

    private final WorkerPool pool;

    public CpuRandomOperations(WorkerPool pool) {
        this.pool = pool;
    }

    @Override
    public void uniform(Tensor target, long firstRow, long seed, long stream, float bound) {
        TensorChecks.type("target", target, DataType.FLOAT32);
        if (firstRow < 0) {
            throw new IllegalArgumentException("first row " + firstRow);
        }
        new Uniform(pool, target, firstRow, seed, stream, bound).launch(null);
    }

    private static final class Uniform extends PiecewiseOperation {

        private final Tensor target;
        private final long firstElement;
        private final long seed;
        private final long stream;
        private final float bound;
        private final Philox[] generators;

        Uniform(WorkerPool pool, Tensor target, long firstRow, long seed, long stream, float bound) {
            super(pool, target.rows(), target.columns());
            this.target = target;
            this.firstElement = Math.multiplyExact(firstRow, target.columns());
            this.seed = seed;
            this.stream = stream;
            this.bound = bound;
            this.generators = IntStream.range(0, pool.threads()).mapToObj(worker -> new Philox()).toArray(Philox[]::new);
        }

        @Override
        protected void piece(long row, int column, int count, int worker) {
            Philox philox = generators[worker];
            MemorySegment memory = target.hostSegment();
            long offset = target.byteOffset(row, column);
            long element = firstElement + row * target.columns() + column;
            int word = (int) (element % Philox.WORDS);
            long block = element / Philox.WORDS;
            philox.generate(block, stream, seed);
            for (int index = 0; index < count; index++) {
                if (word == Philox.WORDS) {
                    word = 0;
                    philox.generate(++block, stream, seed);
                }
                memory.set(ValueLayout.JAVA_FLOAT, offset + (long) index * Float.BYTES, UniformBits.symmetric(philox.word(word++), bound));
            }
        }
    }
}
