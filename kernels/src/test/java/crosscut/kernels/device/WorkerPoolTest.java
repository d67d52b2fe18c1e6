package crosscut.kernels.device;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class WorkerPoolTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 8})
    void runsEveryIndexOnce(int threads) {
        try (WorkerPool pool = new WorkerPool(threads)) {
            for (int count : new int[] {0, 1, 2, 7, 8, 9, 1000}) {
                AtomicIntegerArray runs = new AtomicIntegerArray(count);
                pool.parallel(count, (index, worker) -> {
                    assertThat(worker).isBetween(0, threads - 1);
                    runs.incrementAndGet(index);
                });
                for (int index = 0; index < count; index++) {
                    assertThat(runs.get(index)).isEqualTo(1);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8})
    void manyTinyDispatchesAreComplete(int threads) {
        try (WorkerPool pool = new WorkerPool(threads)) {
            // Plain fields on purpose: the end of a dispatch must make them visible to the caller, its start to the workers.
            int[] cells = new int[5];
            WorkerPool.Task increment = (index, worker) -> cells[index]++;
            WorkerPool.Task negate = (index, worker) -> cells[index] = -cells[index];
            int rounds = 20_000;
            for (int round = 0; round < rounds; round++) {
                pool.parallel(2 + round % 4, increment);
                pool.parallel(5, negate);
                pool.parallel(5, negate);
            }
            assertThat(cells).containsExactly(rounds, rounds, rounds * 3 / 4, rounds / 2, rounds / 4);
        }
    }

    @Test
    void wakesWorkersThatParked() throws InterruptedException {
        try (WorkerPool pool = new WorkerPool(3)) {
            for (int round = 0; round < 5; round++) {
                Thread.sleep(20);
                AtomicInteger sum = new AtomicInteger();
                pool.parallel(100, (index, worker) -> sum.addAndGet(index));
                assertThat(sum.get()).isEqualTo(4950);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void throwsWhatTheLowestIndexThrewAndGoesOn(int threads) {
        try (WorkerPool pool = new WorkerPool(threads)) {
            for (int round = 0; round < 200; round++) {
                assertThatThrownBy(() -> pool.parallel(50, (index, worker) -> {
                    if (index % 7 == 3) {
                        throw new IllegalArgumentException("piece " + index);
                    }
                })).isInstanceOf(IllegalArgumentException.class).hasMessage("piece 3");
                AtomicInteger sum = new AtomicInteger();
                pool.parallel(10, (index, worker) -> sum.incrementAndGet());
                assertThat(sum.get()).isEqualTo(10);
            }
            assertThatThrownBy(() -> pool.parallel(2, (index, worker) -> {
                throw new AssertionError("an error");
            })).isInstanceOf(AssertionError.class).hasMessage("an error");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void aTaskDoesItsOwnPiecesItself(int threads) {
        try (WorkerPool pool = new WorkerPool(threads)) {
            int[][] cells = new int[20][50];
            for (int round = 0; round < 200; round++) {
                pool.parallel(cells.length, (index, worker) -> pool.parallel(cells[index].length, (inner, innerWorker) -> {
                    assertThat(innerWorker).isEqualTo(worker);
                    cells[index][inner]++;
                }));
            }
            for (int[] ofTask : cells) {
                assertThat(ofTask).containsOnly(200);
            }
        }
    }

    @Test
    void throwsWhatAPieceOfATaskThrew() {
        try (WorkerPool pool = new WorkerPool(2)) {
            assertThatThrownBy(() -> pool.parallel(4, (index, worker) -> pool.parallel(4, (inner, innerWorker) -> {
                if (index > 0 && inner > 1) {
                    throw new IllegalArgumentException("piece " + inner + " of task " + index);
                }
            }))).isInstanceOf(IllegalArgumentException.class).hasMessage("piece 2 of task 1");
        }
    }

    @Test
    void refusesASecondCaller() {
        try (WorkerPool pool = new WorkerPool(2)) {
            AtomicReference<Throwable> refusal = new AtomicReference<>();
            pool.parallel(2, (index, worker) -> {
                if (index == 0) {
                    Thread other = Thread.ofPlatform().uncaughtExceptionHandler((_, thrown) -> refusal.set(thrown)).start(() -> pool.parallel(2, (_, _) -> { }));
                    try {
                        other.join();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
            });
            assertThat(refusal.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("busy");
        }
    }

    @Test
    void refusesNoThreads() {
        assertThatThrownBy(() -> new WorkerPool(0)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("0 threads");
    }

    @Test
    void dispatchingAllocatesNothing() {
        try (WorkerPool pool = new WorkerPool(2)) {
            long[] cells = new long[64];
            WorkerPool.Task task = (index, worker) -> cells[index] += index;
            CpuFixture.assertAllocatesNothing(stream -> pool.parallel(cells.length, task));
        }
    }
}
