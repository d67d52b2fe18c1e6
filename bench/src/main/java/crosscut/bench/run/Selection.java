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
 */
record Selection(List<ModelSize> sizes, List<Precision> precisions, int threads, Effort effort) {

    Selection {
        sizes = List.copyOf(sizes);
        precisions = List.copyOf(precisions);
    }
}
