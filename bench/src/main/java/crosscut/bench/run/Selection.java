package crosscut.bench.run;

import crosscut.bench.ModelSize;
import crosscut.engine.config.Precision;
import java.util.List;

/**
 * What a run looks at.
 *
 * @param sizes of the model
 * @param precisions of the activations
 * @param threads worker threads
 * @param effort how long each benchmark is measured
 * @param recipes which trainings of real data
 */
record Selection(List<ModelSize> sizes, List<Precision> precisions, int threads, Effort effort, Recipes recipes) {

    Selection {
        sizes = List.copyOf(sizes);
        precisions = List.copyOf(precisions);
    }

    /** With the recipes that the repository has. */
    Selection(List<ModelSize> sizes, List<Precision> precisions, int threads, Effort effort) {
        this(sizes, precisions, threads, effort, Recipes.DEFAULT);
    }
}
