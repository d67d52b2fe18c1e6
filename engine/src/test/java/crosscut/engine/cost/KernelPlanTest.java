package crosscut.engine.cost;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The table of docs/gpu.md that holds every launch of our step against the kernel plan: what it says of us is what {@link StepCosts} counts, and where we differ
 * from the plan it says why.
 */
class KernelPlanTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "gpu.md");
    private static final String HEADER = "| plan | layer | op | GFLOP | plan MB | MB | why they differ |";
    private static final int PLANNED_LAUNCHES = 51;

    /** The plan gives whole MB. */
    private static final double ROUNDING = .51;

    private static List<Row> rows;

    /**
     * A line of the table.
     *
     * @param plan numbers of the plan's launches, separated by commas, or empty
     * @param plannedMegabytes of these together, empty where there are none
     */
    private record Row(String plan, String layer, String op, String gigaOperations, String plannedMegabytes, String megabytes, String reason) {

        static Row of(String line) {
            String[] cells = Arrays.stream(line.split("\\|", -1)).map(String::strip).toArray(String[]::new);
            return new Row(cells[1], cells[2], cells[3], cells[4], cells[5], cells[6], cells[7]);
        }

        String counted() {
            return "%s | %s | %s GFLOP | %s MB".formatted(layer, op, gigaOperations, megabytes);
        }

        boolean differs() {
            return plannedMegabytes.isEmpty() || Math.abs(Double.parseDouble(plannedMegabytes) - Double.parseDouble(megabytes)) > ROUNDING;
        }
    }

    @BeforeAll
    static void read() throws IOException {
        List<String> lines = Files.readAllLines(DOCUMENT);
        int header = lines.indexOf(HEADER);
        assertThat(header).as("%s has the header %s", DOCUMENT, HEADER).isNotNegative();
        rows = lines.stream().skip(header + 2).takeWhile(line -> line.startsWith("|")).map(Row::of).toList();
    }

    @Test
    void listsOurLaunchesInTheirOrderWithWhatIsCounted() {
        List<String> counted = StepCostsTest.COSTS.launches().stream().map(KernelPlanTest::counted).toList();
        List<String> listed = rows.stream().map(Row::counted).toList();
        assertThat(listed).as("appeared: %s%nvanished: %s%ncounted now:%n%s", without(counted, listed), without(listed, counted), String.join("\n", counted))
                .isEqualTo(counted);
    }

    private static String counted(OperationCost launch) {
        return String.format(Locale.ROOT, "%s | %s | %.1f GFLOP | %.1f MB", launch.layer(), launch.name().split(" ")[0], launch.operations() * 1e-9,
                launch.bytes() * 1e-6);
    }

    private static List<String> without(List<String> all, List<String> others) {
        List<String> rest = new ArrayList<>(all);
        others.forEach(rest::remove);
        return rest;
    }

    @Test
    void saysWhyExactlyWhereBytesDiffer() {
        assertThat(rows).filteredOn(Row::differs).allSatisfy(row -> assertThat(row.reason()).as(row.counted()).isNotEmpty());
        assertThat(rows).filteredOn(row -> !row.differs()).allSatisfy(row -> assertThat(row.reason()).as(row.counted()).isEmpty());
    }

    @Test
    void coversThePlan() {
        assertThat(rows.stream().flatMap(row -> Stream.of(row.plan().split(", "))).filter(number -> !number.isEmpty()).map(Integer::parseInt))
                .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, PLANNED_LAUNCHES).boxed().toList());
        double planned = rows.stream().map(Row::plannedMegabytes).filter(megabytes -> !megabytes.isEmpty()).mapToDouble(Double::parseDouble).sum();
        assertThat(planned).as("MB of the whole plan").isCloseTo(30_010, Percentage.withPercentage(.05));
    }
}
