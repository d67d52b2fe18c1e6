package crosscut.simulator.driver;

import java.util.Arrays;

/** How far each lane of execution had come, as far as the owner of this clock knows. A lane is a stream, or a branch of a graph. */
final class VectorClock {

    private int[] ticks = new int[8];

    VectorClock() {
    }

    VectorClock(VectorClock other) {
        ticks = other.ticks.clone();
    }

    int at(int lane) {
        return lane < ticks.length ? ticks[lane] : 0;
    }

    void set(int lane, int tick) {
        if (lane >= ticks.length) {
            ticks = Arrays.copyOf(ticks, Math.max(lane + 1, 2 * ticks.length));
        }
        ticks[lane] = tick;
    }

    void join(VectorClock other) {
        if (other.ticks.length > ticks.length) {
            ticks = Arrays.copyOf(ticks, other.ticks.length);
        }
        for (int lane = 0; lane < other.ticks.length; lane++) {
            ticks[lane] = Math.max(ticks[lane], other.ticks[lane]);
        }
    }

    boolean covers(VectorClock other) {
        for (int lane = 0; lane < other.ticks.length; lane++) {
            if (other.ticks[lane] > at(lane)) {
                return false;
            }
        }
        return true;
    }
}
