package crosscut.engine.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class ShuffledOrderTest {

    @Property(tries = 300)
    void isAPermutation(@ForAll @IntRange(min = 1, max = 5000) int samples, @ForAll long seed, @ForAll @IntRange(max = 50) int epoch) {
        SampleOrder order = new ShuffledOrder(samples, seed, epoch);
        BitSet seen = new BitSet(samples);
        for (int position = 0; position < samples; position++) {
            seen.set((int) order.sampleAt(position));
        }
        assertThat(seen.cardinality()).isEqualTo(samples);
        assertThat(seen.length()).isEqualTo(samples);
    }

    @Property(tries = 300)
    void staysInsideForHugeSplits(@ForAll @LongRange(min = 1, max = 1L << 50) long samples, @ForAll long seed, @ForAll @LongRange(min = 0) long anywhere) {
        assertThat(new ShuffledOrder(samples, seed, 0).sampleAt(anywhere % samples)).isBetween(0L, samples - 1);
    }

    @Example
    void everyPowerOfTwoAndItsNeighbours() {
        for (int bits = 0; bits < 14; bits++) {
            for (int samples = Math.max(1, (1 << bits) - 1); samples <= (1 << bits) + 1; samples++) {
                isAPermutation(samples, bits, 1);
            }
        }
    }

    @Example
    void ordersOfSeedsAndEpochsDifferAndMixWell() {
        int samples = 100_000;
        SampleOrder order = new ShuffledOrder(samples, 1, 0);
        SampleOrder nextEpoch = new ShuffledOrder(samples, 1, 1);
        SampleOrder otherSeed = new ShuffledOrder(samples, 2, 0);
        int[] equal = new int[3];
        double displacement = 0;
        for (int position = 0; position < samples; position++) {
            long sample = order.sampleAt(position);
            equal[0] += sample == nextEpoch.sampleAt(position) ? 1 : 0;
            equal[1] += sample == otherSeed.sampleAt(position) ? 1 : 0;
            equal[2] += sample == position ? 1 : 0;
            displacement += Math.abs(sample - position);
        }
        // A random permutation has one fixed point on average and a mean displacement of a third.
        assertThat(IntStream.of(equal).max().orElseThrow()).isLessThan(10);
        assertThat(displacement / samples / samples).isCloseTo(1 / 3., within(.01));
    }

    @Example
    void positionsOutsideAreRefused() {
        assertThatThrownBy(() -> new ShuffledOrder(10, 0, 0).sampleAt(10)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new ShuffledOrder(0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
