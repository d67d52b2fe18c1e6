package crosscut.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crosscut.bench.ModelSize;
import crosscut.engine.UserException;
import crosscut.engine.config.Precision;
import crosscut.engine.profile.DeviceCeilings;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What grows, per sample, and its picture. */
class GrowthSuiteTest {

    private static final double SECONDS = 4e-3;

    private final List<Suite> suites =
            GrowthSuite.all(new Selection(List.of(ModelSize.SMALL), List.of(Precision.FP32), 1, Effort.BRIEF));

    private static Table table(Suite suite) {
        Results results = new Results();
        suite.cases().forEach(measured -> results.add(measured, new Measurement(SECONDS, SECONDS, SECONDS, 0, new DeviceCeilings(1e10, 1e11))));
        return suite.table(results);
    }

    @Test
    void oneThingGrowsAtATime() {
        assertThat(suites).hasSize(3);
        for (Suite suite : suites) {
            long growing = List.of("batchSize", "rows", "hotness").stream()
                    .filter(name -> suite.cases().stream().map(measured -> measured.parameters().get(name)).distinct().count() > 1).count();
            assertThat(growing).isEqualTo(1);
        }
        assertThat(suites.get(0).cases()).extracting(measured -> measured.parameters().get("batchSize")).startsWith("256").endsWith("65536");
        assertThat(suites.get(1).cases()).extracting(measured -> measured.parameters().get("rows")).startsWith("1000").endsWith("10000000");
        assertThat(suites.get(2).cases()).extracting(measured -> measured.parameters().get("hotness")).startsWith("1").endsWith("100");
        assertThat(suites.get(1).cases()).extracting(Case::bytes).isSorted().last().satisfies(bytes -> assertThat((long) bytes).isGreaterThan(40L << 30));
    }

    @Test
    void timesAndFloorsAreThoseOfASample() {
        List<Map<String, Object>> rows = table(suites.get(0)).rows();
        assertThat(rows).allSatisfy(row -> {
            int batch = (int) row.get("samples per step");
            assertThat((double) row.get("us/sample")).isCloseTo(SECONDS * 1e6 / batch, within(1e-9));
            assertThat((double) row.get("samples/s")).isCloseTo(batch / SECONDS, within(1e-6));
            assertThat((double) row.get("floor us/sample")).isPositive();
        });
        List<Map<String, Object>> byHotness = table(suites.get(2)).rows();
        assertThat((double) byHotness.getLast().get("floor us/sample")).isGreaterThan(2 * (double) byHotness.getFirst().get("floor us/sample"));
    }

    @Test
    void ranksAreHeldAgainstAsManyThreads() {
        RankSuite suite = new RankSuite(ModelSize.SMALL, Precision.FP32, new Selection(List.of(ModelSize.SMALL), List.of(Precision.FP32), 2, Effort.BRIEF));
        assertThat(table(suite).rows()).isEmpty();
        for (double samplesPerSecond : List.of(1e6, 4e6, 2e6)) {
            suite.add(1, 2, samplesPerSecond);
            suite.add(1, 1, samplesPerSecond / 2);
            suite.add(2, 1, samplesPerSecond / 4);
        }
        List<Map<String, Object>> rows = table(suite).rows();
        assertThat(rows).extracting(row -> row.get("ranks")).containsExactly(1, 2);
        assertThat(rows).extracting(row -> row.get("us/sample")).containsExactly(0.5, 2.0);
        assertThat(rows).extracting(row -> row.get("1 thread each us/sample")).containsExactly(1.0, 2.0);
        assertThat(rows.getFirst()).containsEntry("lower quartile", 0.375).containsEntry("upper quartile", 0.75);
        assertThat((double) rows.getFirst().get("floor us/sample")).isPositive();
    }

    @Test
    void aPlotIsAPictureWithItsLines(@TempDir Path folder) throws IOException {
        Plot plot = new Plot("n", List.of("rising", "flat"), "us");
        Path file = folder.resolve("plot.png");
        plot.draw("Title", List.of(Map.of("n", 1, "rising", 1.0, "flat", 5.0), Map.of("n", 10, "rising", 10.0, "flat", 5.0), Map.of("n", 100, "rising", 100.0,
                "flat", 5.0)), file);
        BufferedImage picture = ImageIO.read(file.toFile());
        assertThat(picture.getWidth()).isGreaterThan(picture.getHeight());
        long colours = IntStream.range(0, picture.getWidth() * picture.getHeight())
                .map(pixel -> picture.getRGB(pixel % picture.getWidth(), pixel / picture.getWidth()))
                .filter(rgb -> saturation(new Color(rgb)) > 0.5).mapToLong(rgb -> rgb).distinct().count();
        assertThat(colours).isGreaterThanOrEqualTo(2);
    }

    private static float saturation(Color colour) {
        return Color.RGBtoHSB(colour.getRed(), colour.getGreen(), colour.getBlue(), null)[1];
    }

    @Test
    void aPictureThatCannotBeWrittenIsTold(@TempDir Path folder) {
        Plot plot = new Plot("n", List.of("y"), "us");
        assertThatThrownBy(() -> plot.draw("Title", List.of(Map.of("n", 1, "y", 1.0), Map.of("n", 2, "y", 2.0)), folder.resolve("no/plot.png")))
                .isInstanceOf(UserException.class).hasMessageContaining("cannot write to " + folder.resolve("no/plot.png"));
    }
}
