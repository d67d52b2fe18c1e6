package crosscut.bench.cpu;

import static crosscut.bench.ModelSize.FULL;
import static crosscut.bench.ModelSize.SMALL;
import static crosscut.bench.cpu.Contest.Mode.EMBEDDING;
import static crosscut.bench.cpu.Contest.Mode.INFERENCE;
import static crosscut.bench.cpu.Contest.Mode.TRAINING;
import static crosscut.bench.cpu.Peer.STOCK;
import static crosscut.bench.cpu.Peer.TUNED;
import static crosscut.engine.config.Precision.BF16;
import static crosscut.engine.config.Precision.FP32;

import crosscut.bench.ModelSize;
import crosscut.engine.config.Precision;
import java.util.ArrayList;
import java.util.List;

/**
 * How many times as fast as a peer we want to be.
 *
 * @param ratio the least
 */
record Target(Contest.Mode mode, ModelSize size, int batch, Precision precision, Peer peer, double ratio) {

    /** Samples of the update of the tables alone. */
    static final int EMBEDDING_BATCH = 65_536;

    /** All targets, in the order in which they are raced. */
    static final List<Target> ALL = all();

    private static List<Target> all() {
        List<Target> targets = new ArrayList<>();
        for (int batch : new int[] {2048, 8192}) {
            targets.add(new Target(TRAINING, FULL, batch, FP32, STOCK, 1.2));
            targets.add(new Target(TRAINING, FULL, batch, FP32, TUNED, 1.05));
            targets.add(new Target(TRAINING, FULL, batch, BF16, STOCK, 1.25));
            targets.add(new Target(TRAINING, FULL, batch, BF16, TUNED, 1.1));
        }
        for (int batch : new int[] {2048, 8192}) {
            for (Precision precision : new Precision[] {FP32, BF16}) {
                targets.add(new Target(TRAINING, SMALL, batch, precision, STOCK, 3));
                targets.add(new Target(TRAINING, SMALL, batch, precision, TUNED, 1.5));
            }
        }
        targets.add(new Target(INFERENCE, FULL, 1, FP32, TUNED, 1.3));
        targets.add(new Target(INFERENCE, FULL, 1, BF16, TUNED, 2));
        for (int batch : new int[] {32, 2048}) {
            targets.add(new Target(INFERENCE, FULL, batch, FP32, TUNED, 1.15));
            targets.add(new Target(INFERENCE, FULL, batch, BF16, TUNED, 1.25));
        }
        targets.add(new Target(INFERENCE, SMALL, 1, FP32, TUNED, 5));
        targets.add(new Target(INFERENCE, SMALL, 32, FP32, TUNED, 3));
        targets.add(new Target(EMBEDDING, FULL, EMBEDDING_BATCH, FP32, STOCK, 3));
        return List.copyOf(targets);
    }

    /** The target of a contest, whatever its threads; null where there is none. */
    static Target of(Contest contest, Peer peer) {
        return ALL.stream().filter(target -> target.mode == contest.mode() && target.size == contest.size() && target.batch == contest.batch()
                && target.precision == contest.precision() && target.peer == peer).findFirst().orElse(null);
    }

    Contest contest(int threads) {
        return new Contest(mode, size, batch, precision, threads);
    }
}
