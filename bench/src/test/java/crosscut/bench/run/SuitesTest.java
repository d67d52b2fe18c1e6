package crosscut.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crosscut.bench.ModelSize;
import crosscut.bench.StepShape;
import crosscut.bench.binding.DriverBenchmark;
import crosscut.engine.UserException;
import crosscut.engine.config.Precision;
import crosscut.engine.cost.OperationCost;
import crosscut.engine.profile.DeviceCeilings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** What presets run, and what tables make of given times. */
class SuitesTest {

    private static final double COPY = 10e9;
    private static final double PRODUCT = 100e9;
    private static final Selection SMALL = new Selection(List.of(ModelSize.SMALL), List.of(Precision.FP32), 2, Effort.BRIEF);

    /** Every case took 2, 3 and 4 milliseconds; half of the best ceilings were measured beside all but the first. */
    private static Results results(Suite suite) {
        Results results = new Results();
        List<Case> cases = suite.cases();
        for (int i = 0; i < cases.size(); i++) {
            double share = i == 0 ? 1 : 0.5;
            results.add(cases.get(i), new Measurement(2e-3, 3e-3, 4e-3, 0, new DeviceCeilings(share * COPY, share * PRODUCT)));
        }
        return results;
    }

    private static Measurement measurement(double seconds) {
        return new Measurement(seconds, seconds, seconds, 0, new DeviceCeilings(COPY, PRODUCT));
    }

    @ParameterizedTest
    @EnumSource(value = Preset.class, names = "FULL", mode = EnumSource.Mode.EXCLUDE)
    void everyCaseOfAPresetIsABenchmarkWithAllItsParameters(Preset preset) throws ReflectiveOperationException {
        Recipes recipes = new Recipes(Path.of("..", "docs", "recipes"), 1);
        List<Case> cases = preset.suites(List.of(ModelSize.SMALL), List.of(), 2, null, recipes).stream().flatMap(suite -> suite.cases().stream()).toList();
        // Memory and accuracy are those of whole runs alone.
        assertThat(cases.isEmpty()).isEqualTo(preset == Preset.MEMORY || preset == Preset.ACCURACY);
        for (Case measured : cases) {
            assertThat(measured.benchmark().getMethod(measured.method()).isAnnotationPresent(Benchmark.class)).as(measured.label()).isTrue();
            for (String parameter : measured.parameters().keySet()) {
                assertThat(isParameter(measured.benchmark(), parameter)).as("%s of %s", parameter, measured.label()).isTrue();
            }
        }
    }

    private static boolean isParameter(Class<?> type, String name) {
        for (Class<?> declaring = type; declaring != Object.class; declaring = declaring.getSuperclass()) {
            for (var field : declaring.getDeclaredFields()) {
                if (field.getName().equals(name) && field.isAnnotationPresent(Param.class)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void quickRunsEveryKindOfOpOnce() {
        List<Case> dearest = new OperationSuite(SMALL, true).cases();
        List<Case> all = new OperationSuite(SMALL, false).cases();
        assertThat(all).hasSizeGreaterThan(dearest.size()).containsAll(dearest);
        assertThat(dearest).extracting(measured -> measured.parameters().get("operation").split(" ")[0]).doesNotHaveDuplicates();
    }

    @Test
    void opsAreHeldAgainstTheBestCeilingsOfTheRun() {
        OperationSuite suite = new OperationSuite(SMALL, false);
        List<Map<String, Object>> rows = suite.table(results(suite)).rows();
        assertThat(rows).hasSameSizeAs(suite.cases());
        for (Map<String, Object> row : rows) {
            double seconds = (double) row.get("us") * 1e-6;
            assertThat(seconds).isCloseTo(2e-3, within(1e-9));
            double byBytes = (double) row.get("MB") * 1e6 / COPY;
            double byProduct = (double) row.get("GFLOP/s") * 1e9 * seconds / PRODUCT;
            assertThat((double) row.get("reached %")).isCloseTo(100 * Math.max(byBytes, byProduct) / seconds, within(1e-6));
            assertThat(row.get("bound by")).isEqualTo(byProduct > byBytes ? "product" : "copy");
        }
        assertThat(rows).extracting(row -> row.get("bound by")).contains("product", "copy");
    }

    @Test
    void aStepsFloorIsTheSumOfItsLaunchesFloors() {
        StepSuite suite = StepSuite.training(SMALL, List.of(64));
        Map<String, Object> row = suite.table(results(suite)).rows().getFirst();
        double floor = 0;
        for (OperationCost cost : StepShape.of(ModelSize.SMALL, 64, Precision.FP32).trainingCosts().launches()) {
            floor += Math.max(cost.operations() / PRODUCT, cost.bytes() / COPY);
        }
        assertThat((double) row.get("floor ms")).isCloseTo(floor * 1e3, within(1e-9));
        assertThat((double) row.get("reached %")).isCloseTo(100 * floor / 2e-3, within(1e-6));
        assertThat((double) row.get("samples/s")).isCloseTo(64 / 2e-3, within(1e-6));
        assertThat((double) row.get("median ms")).isEqualTo(3);
        assertThat((double) row.get("90 % ms")).isEqualTo(4);
    }

    @Test
    void aForwardPassCostsLessThanAStep() {
        StepShape shape = StepShape.of(ModelSize.SMALL, 64, Precision.FP32);
        assertThat(shape.inferenceCosts().operations()).isPositive().isLessThan(shape.trainingCosts().operations() / 2);
        assertThat(shape.inferenceBytes()).isPositive().isLessThan(shape.trainingBytes());
    }

    @Test
    void readingIsHeldAgainstItsGoal() {
        InputSuite suite = new InputSuite(Effort.BRIEF, List.of(2048));
        Results results = new Results();
        List<Double> seconds = new ArrayList<>(List.of(1e-2, 1.0));
        for (Case measured : suite.cases()) {
            results.add(measured, measurement(seconds.removeFirst()));
        }
        assertThat(suite.table(results).rows()).extracting(row -> row.get("at least 2 GB/s")).containsExactly("yes", "no");
    }

    @Test
    void nativeCallsAreComparedWithJniOfTheSameFunction() {
        BindingSuite suite = new BindingSuite(Effort.BRIEF, null);
        List<Map<String, Object>> rows = suite.table(results(suite)).rows();
        assertThat(rows).hasSameSizeAs(suite.cases()).extracting(row -> row.get("speed against JNI")).containsOnly(1.0, Double.NaN);
        assertThat(rows).filteredOn(row -> row.get("function").equals("cuDriverGetVersion")).isNotEmpty()
                .allSatisfy(row -> assertThat(row).containsEntry("speed against JNI", 1.0))
                .extracting(row -> (String) row.get("way")).first().asString().contains("JCuda");
        assertThat(suite.leftOut()).isEmpty();
    }

    @Test
    void withoutADriverItsCallsAreLeftOutAndNothingElse() {
        BindingSuite suite = new BindingSuite(Effort.BRIEF, "libcuda.so.1: no such file");
        assertThat(suite.leftOut()).singleElement().asString().contains("libcuda.so.1: no such file");
        assertThat(new BindingSuite(Effort.BRIEF, null).cases()).containsAll(suite.cases())
                .filteredOn(measured -> !suite.cases().contains(measured)).isNotEmpty().allMatch(measured -> measured.benchmark() == DriverBenchmark.class);
        assertThat(suite.table(results(suite)).rows()).hasSameSizeAs(suite.cases())
                .noneMatch(row -> row.get("function").equals("cuDriverGetVersion"));
    }

    @Test
    void casesThatWereNotMeasuredHaveNoRow() {
        assertThat(new OperationSuite(SMALL, true).table(new Results()).rows()).isEmpty();
        assertThat(StepSuite.inference(SMALL, List.of(1)).table(new Results()).rows()).isEmpty();
    }

    @Test
    void anUnknownPresetIsRefusedWithThoseThatThereAre() {
        assertThat(Preset.named("OPS")).isEqualTo(Preset.OPS);
        assertThatThrownBy(() -> Preset.named("fast")).isInstanceOf(UserException.class).hasMessageStartingWith("unknown preset 'fast'")
                .hasMessageContaining("quick, ");
    }
}
