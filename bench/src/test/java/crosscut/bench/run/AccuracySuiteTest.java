package crosscut.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crosscut.engine.UserException;
import crosscut.launcher.progress.LogResults;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which recipes are trained, which are left out, and what is made of their evaluations. */
class AccuracySuiteTest {

    @TempDir
    private Path folder;

    private AccuracySuite suite(Path recipes) {
        return new AccuracySuite(new Selection(List.of(), List.of(), 1, Effort.BRIEF, new Recipes(recipes, 3)));
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }

    @Test
    void meansAndDeviationsAreThoseOfTheSeeds() throws IOException {
        write("a.train", "--epochs 1");
        AccuracySuite suite = suite(folder);
        assertThat(suite.table(new Results()).rows()).isEmpty();
        suite.add("b", new LogResults(0.7, 0.5));
        suite.add("b", new LogResults(0.8, 0.3));
        suite.add("b", new LogResults(0.75, 0.1));
        suite.add("a", new LogResults(0.625, 0.25));
        List<Map<String, Object>> rows = suite.table(new Results()).rows();
        assertThat(rows).hasSize(2);
        assertThat(rows.getFirst()).containsEntry("recipe", "b").containsEntry("seeds", 3).containsEntry("AUC of each seed", List.of(0.7, 0.8, 0.75));
        assertThat((double) rows.getFirst().get("mean AUC")).isCloseTo(0.75, within(1e-12));
        // Squared differences of 0.0025, 0.0025 and 0 over two.
        assertThat((double) rows.getFirst().get("standard deviation")).isCloseTo(0.05, within(1e-12));
        assertThat((double) rows.getFirst().get("mean logloss")).isCloseTo(0.3, within(1e-12));
        assertThat(rows.getLast()).containsEntry("mean AUC", 0.625).containsEntry("standard deviation", Double.NaN);
    }

    @Test
    void aRecipeWithoutItsDataIsLeftOutWithTheCommandThatMakesIt() throws IOException {
        Path missing = folder.resolve("missing");
        write("plain.preprocess", "preprocess --train x.csv\n--output " + missing);
        write("plain.train", "--dataset_path " + folder + " --epochs 3\n--dataset-path=" + missing);
        write("variant.train", "@plain.train\n--num_cross_layers 0");
        write("other.train", "--dataset_path " + folder.resolve("elsewhere"));
        write("ready.train", "--dataset_path " + folder);
        assertThat(suite(folder).leftOut()).containsExactly("other: there is no data set " + folder.resolve("elsewhere") + "; prepare it first",
                "plain: there is no data set " + missing + "; prepare it by ./crosscut @" + folder.resolve("plain.preprocess"),
                "variant: there is no data set " + missing + "; prepare it by ./crosscut @" + folder.resolve("plain.preprocess"));
    }

    @Test
    void whereAllAreLeftOutTheRunFailsAndSaysWhatIsMissing() throws IOException {
        write("lonely.train", "--dataset_path " + folder.resolve("missing"));
        StringWriter out = new StringWriter();
        BenchmarkRun run = new BenchmarkRun(new PrintWriter(out), OutputFolder.open(folder.resolve("results"), "some"), Long.MAX_VALUE);
        assertThatThrownBy(() -> run.run(List.of(suite(folder)), Conditions.atStart("some", 1))).isInstanceOf(UserException.class)
                .hasMessageContaining("no recipe in " + folder + " has its data set");
        assertThat(out.toString()).startsWith("left out: lonely: there is no data set ").hasLineCount(1);
        assertThat(folder.resolve("results/some.md")).doesNotExist();
    }

    @Test
    void everyRecipeOfTheRepositoryHasACommandThatPreparesItsData() {
        Path recipes = Path.of("..", "docs", "recipes");
        List<Recipe> trainings = Recipe.trainings(recipes);
        assertThat(trainings).extracting(Recipe::name).contains("adult", "coupon", "coupon_without_cross_layers");
        // Their data sets lie below the folder that commands are run in, which this test's is not.
        assertThat(suite(recipes).leftOut()).hasSameSizeAs(trainings).allMatch(line -> line.contains("; prepare it by ./crosscut @" + recipes));
    }
}
