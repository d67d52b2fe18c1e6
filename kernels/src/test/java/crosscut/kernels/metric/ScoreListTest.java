package crosscut.kernels.metric;

import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import static org.assertj.core.api.Assertions.assertThat;

final class ScoreListTest {

    @Property(tries = 60)
    void walksEqualValuesTogetherAcrossChunks(
            @ForAll @IntRange(min = 0, max = 30_000) int count, @ForAll @IntRange(min = 1500, max = 9_000) int chunk, @ForAll boolean ties, @ForAll Random random) {
        ScoreList list = new ScoreList(chunk);
        TreeMap<Integer, Long> expected = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            int value = ties ? random.nextInt(11) - 5 : random.nextInt();
            list.add(value);
            expected.merge(value, 1L, Long::sum);
        }
        assertThat(list.size()).isEqualTo(count);
        ScoreList.Ascending walk = list.ascending();
        expected.forEach((value, times) -> {
            assertThat(walk.hasNext()).isTrue();
            assertThat(walk.smallest()).isEqualTo(value);
            assertThat(walk.take(value)).isEqualTo(times);
        });
        assertThat(walk.hasNext()).isFalse();
    }
}
