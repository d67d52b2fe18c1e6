package crosscut.bench.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.bench.ModelSize;
import crosscut.engine.config.Precision;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StartingPointTest {

    private static final Contest CONTEST = new Contest(Contest.Mode.TRAINING, ModelSize.SMALL, 70, Precision.FP32, 1);

    @Test
    void givesWeightsAndBatchByTheirShapes() {
        try (StartingPoint start = new StartingPoint(CONTEST)) {
            assertThat(start.shape("cross.1.U").rows()).isEqualTo(432);
            assertThat(start.shape("cross.1.U").columns()).isEqualTo(32);
            assertThat(start.values("cross.1.U").byteSize()).isEqualTo(432 * 32 * 4);
            assertThat(start.ids(25)).hasSize(70).isNotEqualTo(start.ids(24));
            assertThat(Arrays.stream(start.ids(25))).allMatch(id -> id >= 0 && id < 10_000);
            assertThat(start.labels()).hasSize(70).contains(0f, 1f);
            assertThat(start.numerical().byteSize()).isEqualTo(70 * 13 * 4);
            assertTableIsDrawn(start.table(25));
        }
    }

    private static void assertTableIsDrawn(MemorySegment table) {
        assertThat(table.byteSize()).isEqualTo(10_000 * 16 * 4);
        float[] values = table.toArray(ValueLayout.JAVA_FLOAT);
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        // Uniform between plus and minus sqrt(1 / rows).
        assertThat(largest).isBetween(0.0099f, 0.01f);
        assertThat(values[values.length - 1]).isNotZero();
    }

    @Test
    void contestsTravelAsArgumentsAndRefuseWhatCannotBeRaced() {
        assertThat(Contest.parse(CONTEST.arguments())).isEqualTo(CONTEST);
        assertThatThrownBy(() -> new Contest(Contest.Mode.TRAINING, ModelSize.FULL, 1, Precision.TF32, 1)).hasMessageContaining("precision TF32");
        assertThatThrownBy(() -> new Contest(Contest.Mode.EMBEDDING, ModelSize.FULL, 1, Precision.BF16, 1)).hasMessageContaining("mode EMBEDDING");
        assertThatThrownBy(() -> new Contest(Contest.Mode.TRAINING, ModelSize.FULL, 0, Precision.FP32, 1)).hasMessageContaining("batch 0");
    }

    @Test
    void everyTargetIsAContest() {
        assertThat(Target.ALL).hasSize(25).allSatisfy(target -> assertThat(Target.of(target.contest(2), target.peer())).isSameAs(target));
    }
}
