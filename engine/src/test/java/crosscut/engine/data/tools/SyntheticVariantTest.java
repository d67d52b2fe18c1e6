package crosscut.engine.data.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.UserException;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FeatureSpec.Feature;
import crosscut.engine.data.FeatureSpecWriter;
import crosscut.engine.data.TestResources;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyntheticVariantTest {

    @ParameterizedTest
    @EnumSource
    void isWhatTheReferencesGeneratorWroteByteForByte(SyntheticVariant variant) throws IOException {
        String expected = Files.readString(TestResources.nvidia("src_specs/" + variant.name().toLowerCase(Locale.ROOT) + ".yaml"));
        assertThat(FeatureSpecWriter.toYaml(variant.spec(1))).isEqualTo(expected);
    }

    @Test
    void scalesTablesButKeepsAFewRows() {
        assertThat(cardinalities(SyntheticVariant.CRITEO_T15_SYNTHETIC.spec(.001))).startsWith(7913L, 34L, 17L, 7L, 20L, 4L, 7L, 4L, 4L);
        assertThat(cardinalities(SyntheticVariant.SMALL_SYNTHETIC.spec(2))).containsExactly(10000L, 252L, 254L, 65532L, 65534L, 8L, 2L, 194L, 100000L);
        assertThat(cardinalities(SyntheticVariant.SMALL_SYNTHETIC.spec(.01))).contains(1L);
    }

    private static List<Long> cardinalities(FeatureSpec spec) {
        return spec.categorical().stream().map(Feature::cardinality).map(cardinality -> cardinality.orElseThrow()).toList();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY, 1000})
    void senselessScalesAreRefused(double scale) {
        assertThatThrownBy(() -> SyntheticVariant.CRITEO_T0_SYNTHETIC.spec(scale)).isInstanceOf(UserException.class).hasMessageContaining("--scale");
    }
}
