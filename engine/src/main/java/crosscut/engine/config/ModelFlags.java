package crosscut.engine.config;

import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FeatureSpec.Feature;
import crosscut.kernels.embedding.Pooling;
import java.util.ArrayList;
import java.util.List;

/**
 * The model as the command line describes it, before the feature spec has said how many features there are.
 *
 * @param embeddingDimension one integer for all tables, a comma-separated list with one per table, or the path of a JSON file that holds such a list
 * @param bottomMlp output widths of the bottom MLP
 * @param topMlp output widths of the top MLP
 * @param crossLayers number of cross layers
 * @param projection rank of the cross layers' weights; 0 for full rank
 * @param concatBottom whether the top MLP reads the bottom MLP's output again
 * @param pooling how multi-hot features are joined
 */
public record ModelFlags(
        String embeddingDimension,
        List<Integer> bottomMlp,
        List<Integer> topMlp,
        int crossLayers,
        int projection,
        boolean concatBottom,
        Pooling pooling) {

    public ModelFlags {
        bottomMlp = List.copyOf(bottomMlp);
        topMlp = List.copyOf(topMlp);
    }

    /** The model of this shape for the features of a spec. */
    public ModelConfig resolve(FeatureSpec spec) {
        List<Feature> features = spec.categorical();
        List<Integer> widths = features.isEmpty() ? List.of() : EmbeddingDimensions.parse(embeddingDimension, features.size());
        List<TableConfig> tables = new ArrayList<>();
        for (int i = 0; i < features.size(); i++) {
            Feature feature = features.get(i);
            tables.add(new TableConfig(feature.name(), feature.cardinality().orElseThrow(), widths.get(i), feature.idsPerSample(), pooling));
        }
        return new ModelConfig(spec.channels().numerical().size(), tables, bottomMlp, crossLayers, projection, topMlp, concatBottom);
    }
}
