package crosscut.engine.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The random order looks random. */
class ShuffleOrderTest {

    private static final int ROWS = 4000;

    @Property(tries = 5, seed = "5")
    void neighboursEndUpFarApartAndTheOrderIsNotTheInputs(@ForAll long seed) {
        List<Integer> order = NaivePreprocessing.shuffled(ROWS, seed);
        double distance = 0;
        double covariance = 0;
        double centre = (ROWS - 1) / 2.0;
        for (int position = 0; position < ROWS; position++) {
            covariance += (position - centre) * (order.get(position) - centre);
            distance += position == 0 ? 0 : Math.abs(order.get(position) - order.get(position - 1));
        }
        double correlation = covariance / (ROWS * ((double) ROWS * ROWS - 1) / 12);
        // Of a random permutation: mean distance rows / 3, correlation 0 with deviation 1 / sqrt(rows); six deviations are allowed.
        assertThat(distance / (ROWS - 1) / ROWS).isCloseTo(1.0 / 3, within(0.04));
        assertThat(correlation).isCloseTo(0, within(6 / Math.sqrt(ROWS)));
        assertThat(order.stream().distinct().count()).isEqualTo(ROWS);
    }
}
