package crosscut.kernels.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class SampleSlicesTest {

    private static final long MIB = 1 << 20;

    @Property
    void slicesFollowEachOtherAndDifferByOneSampleAtMost(
            @ForAll @IntRange(max = 100_000) int batch, @ForAll @IntRange(min = 1, max = 20) int groups, @ForAll @IntRange(min = 1, max = 50) int perGroup) {
        SampleSlices slices = new SampleSlices(batch, groups, perGroup);
        assertThat(slices.count()).isEqualTo(groups * perGroup);
        assertThat(slices.first(0)).isZero();
        assertThat(slices.first(slices.count())).isEqualTo(batch);
        for (int slice = 0; slice < slices.count(); slice++) {
            assertThat(slices.rows(slice)).isBetween(slices.mostRows() - 1, slices.mostRows()).isNotNegative();
        }
    }

    @Example
    void aWholeBatchIsOneSlice() {
        assertThat(SampleSlices.whole(7).isWhole()).isTrue();
        assertThat(SampleSlices.whole(7).rows(0)).isEqualTo(7);
        assertThat(new SampleSlices(7, 1, 2).isWhole()).isFalse();
        assertThatThrownBy(() -> new SampleSlices(7, 0, 2)).isInstanceOf(IllegalArgumentException.class).hasMessage("0 groups of 2 slices");
    }

    @Property
    void trainingIsCutIntoSlicesThatProductsLike(@ForAll @IntRange(min = 2048, max = 100_000) int batch) {
        SampleSlices slices = TrainingCut.slices(batch, MIB, 24 * MIB);
        assertThat(slices.mostRows()).isBetween(64, 128);
        assertThat(slices.isWhole()).isFalse();
    }

    @Example
    void trainingStaysWholeWhereSlicesWouldNotPay() {
        assertThat(TrainingCut.slices(8192, MIB, 24 * MIB).isWhole()).isFalse();
        assertThat(TrainingCut.slices(8192, MIB + 1, 24 * MIB).isWhole()).as("large weights").isTrue();
        assertThat(TrainingCut.slices(8192, MIB, 24 * MIB - 1).isWhole()).as("activations that a cache keeps").isTrue();
        assertThat(TrainingCut.slices(2047, MIB, 24 * MIB).isWhole()).as("few samples").isTrue();
    }
}
