package crosscut.bench.run;

import static crosscut.bench.run.TimeColumns.columns;

import crosscut.engine.UserException;
import crosscut.launcher.progress.LogResults;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.util.ListStatistics;
import org.openjdk.jmh.util.Statistics;

/**
 * What recipes reach on their test data, over seeds. The last evaluation counts and not the best one: choosing the best epoch by the test data would flatter
 * the result.
 */
final class AccuracySuite implements Suite {

    private final Recipes chosen;
    private final int threads;
    private final List<Recipe> recipes;
    private final Map<String, List<LogResults>> evaluations = new LinkedHashMap<>();

    /**
     * Reads the recipes and trains nothing yet.
     *
     * @throws UserException when there are none
     */
    AccuracySuite(Selection selection) {
        chosen = selection.recipes();
        threads = selection.threads();
        recipes = Recipe.trainings(chosen.folder());
    }

    @Override
    public List<Case> cases() {
        return List.of();
    }

    @Override
    public List<String> leftOut() {
        return recipes.stream().map(recipe -> recipe.missingData(chosen.folder())).flatMap(Optional::stream).toList();
    }

    @Override
    public void runPrograms(WholeRuns runs) {
        List<Recipe> prepared = recipes.stream().filter(recipe -> recipe.missingData(chosen.folder()).isEmpty()).toList();
        if (prepared.isEmpty()) {
            throw new UserException("no recipe in " + chosen.folder() + " has its data set; the lines above say what prepares them");
        }
        for (Recipe recipe : prepared) {
            for (int seed = 1; seed <= chosen.seeds(); seed++) {
                add(recipe.name(), runs.lastEvaluation(recipe.name() + ", seed " + seed,
                        List.of("@" + recipe.file(), "--seed=" + seed, "--threads=" + threads)));
            }
        }
    }

    /** Counts a run; those of a recipe come in the order of their seeds, which begin at 1. */
    void add(String recipe, LogResults lastEvaluation) {
        evaluations.computeIfAbsent(recipe, _ -> new ArrayList<>()).add(lastEvaluation);
    }

    @Override
    public Table table(Results results) {
        List<Map<String, Object>> rows = new ArrayList<>();
        evaluations.forEach((recipe, found) -> {
            Statistics aucs = statistics(found, LogResults::auc);
            Statistics losses = statistics(found, LogResults::loss);
            rows.add(columns("recipe", recipe, "seeds", found.size(), "mean AUC", aucs.getMean(), "standard deviation", aucs.getStandardDeviation(),
                    "mean logloss", losses.getMean(), "AUC of each seed", found.stream().map(LogResults::auc).toList()));
        });
        return new Table("accuracy", "Accuracy on test data", "Of the last evaluation of each training, which need not be its best one. The deviation is that "
                + "over seeds (n - 1); seeds count from 1.", rows);
    }

    private static Statistics statistics(List<LogResults> found, ToDoubleFunction<LogResults> value) {
        return new ListStatistics(found.stream().mapToDouble(value).toArray());
    }
}
