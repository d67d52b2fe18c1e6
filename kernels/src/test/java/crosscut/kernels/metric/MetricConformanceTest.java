package crosscut.kernels.metric;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.Conformance;
import crosscut.kernels.device.cuda.CudaFixture;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

import static org.assertj.core.api.Assertions.assertThat;

/** The buckets of the CPU; one beside is right only where the rounding of the fp32 sigmoid decides between the two. */
final class MetricConformanceTest {

    private static CudaFixture fixture;

    @BeforeContainer
    static void open() {
        fixture = CudaFixture.open();
    }

    @AfterContainer
    static void close() {
        fixture.close();
    }

    @Property(tries = 40)
    void counts(
            @ForAll @IntRange(min = 0, max = 800) int samples, @ForAll @IntRange(min = 2, max = 8000) int thresholds, @ForAll Random random) {
        for (DataType type : Conformance.TYPES) {
            Tensor logits = Conformance.unwrittenView(fixture, type, samples, 1, random);
            Tensor labels = fixture.zeros(DataType.FLOAT32, 1, samples);
            Tensor counts = fixture.zeros(DataType.INT64, 1, ThresholdAuc.counters(thresholds));
            if (samples > 0) {
                fixture.fill(logits, (row, column) -> random.nextBoolean() ? 3 * random.nextGaussian() : 20 * Conformance.value(random));
                fixture.fill(labels, (row, column) -> random.nextInt(2));
            }
            Operation operation = fixture.device().metric().countScores(logits, labels, counts);
            fixture.run(operation, operation);
            assertCounts(fixture.values(logits), fixture.values(labels), fixture.values(counts)[0], thresholds, 2);
        }
    }

    /** Takes every sample out of the counts again, where the CPU would put it or where a sigmoid one unit larger or smaller would. */
    private static void assertCounts(double[][] logits, double[][] labels, double[] counts, int thresholds, int times) {
        for (int sample = 0; sample < logits.length; sample++) {
            float logit = (float) logits[sample][0];
            boolean positive = labels[0][sample] != 0;
            int counter = ThresholdAuc.counter(logit, positive, thresholds);
            if (counts[counter] < times && !Float.isNaN(logit)) {
                float probability = (float) (1 / (1 + Math.exp(-logit)));
                int above = bucket(Math.nextUp(probability), thresholds) + (positive ? thresholds : 0);
                int below = bucket(Math.nextDown(probability), thresholds) + (positive ? thresholds : 0);
                counter = counts[above] >= times ? above : below;
            }
            counts[counter] -= times;
        }
        assertThat(counts).containsOnly(0);
    }

    private static int bucket(float probability, int thresholds) {
        return Math.max((int) Math.ceil(probability * (thresholds - 1)) - 1, 0);
    }

    @Example
    void handWorkedNumbers() {
        Tensor logits = fixture.zeros(DataType.FLOAT32, 7, 1);
        double[] scores = {0, -1, 1, 2, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, Double.NaN};
        fixture.fill(logits, (row, column) -> scores[(int) row]);
        Tensor labels = fixture.row(DataType.FLOAT32, 1, 0, 1, 0, 0, 1, 1);
        Tensor counts = fixture.zeros(DataType.INT64, 1, ThresholdAuc.counters(3));
        fixture.run(fixture.device().metric().countScores(logits, labels, counts));
        assertThat(fixture.values(counts)[0]).containsExactly(2, 1, 0, 1, 2, 0, 1);
    }
}
