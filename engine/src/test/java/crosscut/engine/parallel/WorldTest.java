package crosscut.engine.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.UserException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WorldTest {

    @Test
    void aBatchThatCannotBeDividedIsRefusedWithTheOneThatCan() {
        ThreadWorld.run(3, world -> {
            assertThat(world.shareOf("--batch_size", 12)).isEqualTo(4);
            assertThatThrownBy(() -> world.shareOf("--batch_size", 64)).isInstanceOf(UserException.class)
                    .hasMessage("--batch_size 64 cannot be divided evenly among 3 ranks: use 63, the next smaller that can");
            assertThatThrownBy(() -> world.shareOf("--valid_batch_size", 2)).hasMessageContaining("use 3, the smallest that can");
            return null;
        });
    }

    @Test
    void ranksAgree() {
        ThreadWorld.run(3, world -> {
            assertThat(world.isTrueOnAnyRank(world.rank() == 2)).isTrue();
            assertThat(world.isTrueOnAnyRank(false)).isFalse();
            return null;
        });
    }

    @Test
    void ranksJoinWhatEachOfThemKnows() {
        ThreadWorld.run(3, world -> {
            SortedMap<String, String> own = new TreeMap<>(Map.of("samples", "100", "file " + world.rank() % 2, "sum " + world.rank() % 2));
            assertThat(world.join("the train data", own)).isEqualTo(Map.of("file 0", "sum 0", "file 1", "sum 1", "samples", "100"));
            SortedMap<String, String> other = new TreeMap<>(world.rank() == 0 ? Map.of() : Map.of("file \"ü\"", "sum " + world.rank()));
            assertThatThrownBy(() -> world.join("the train data", other)).isInstanceOf(UserException.class)
                    .hasMessage("the train data differ between ranks: rank 1 has file \"ü\" sum 1, but rank 2 has file \"ü\" sum 2");
            return null;
        });
        SortedMap<String, String> alone = new TreeMap<>(Map.of("samples", "100"));
        assertThat(World.single().join("the train data", alone)).isEqualTo(alone);
    }
}
