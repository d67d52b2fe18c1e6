package crosscut.engine.config;

import crosscut.engine.UserException;
import java.util.List;

/**
 * The shape of a DCNv2.
 *
 * @param numericalFeatures numerical values per sample, 0 for none (then there is no bottom MLP)
 * @param tables embedding tables in feature order, empty for none
 * @param bottomMlp output widths of the bottom MLP's layers
 * @param crossLayers number of cross layers, 0 for none
 * @param projection rank of the cross layers' weights; 0 for full rank
 * @param topMlp output widths of the top MLP's layers, the last is 1
 * @param concatBottom whether the top MLP reads the bottom MLP's output beside the cross network's
 */
public record ModelConfig(
        int numericalFeatures,
        List<TableConfig> tables,
        List<Integer> bottomMlp,
        int crossLayers,
        int projection,
        List<Integer> topMlp,
        boolean concatBottom) {

    /** MLP inputs are padded with zero columns to a multiple of this, as the reference does. */
    private static final int PADDING = 8;

    /** Above any layer that makes sense; keeps sums and products of widths far from overflow. */
    private static final int LARGEST_WIDTH = 1 << 20;

    /** Above any network that makes sense. */
    private static final int MOST_CROSS_LAYERS = 1000;

    public ModelConfig {
        tables = List.copyOf(tables);
        bottomMlp = List.copyOf(bottomMlp);
        topMlp = List.copyOf(topMlp);
        if (numericalFeatures == 0 && tables.isEmpty()) {
            throw new UserException("the model has neither numerical nor categorical features: name some in the feature spec's channel_spec");
        }
        if (numericalFeatures > 0 && bottomMlp.isEmpty()) {
            throw new UserException("--bottom_mlp_dims is empty, but there are " + numericalFeatures + " numerical features to read");
        }
        requireWidths("--bottom_mlp_dims", bottomMlp);
        requireWidths("--top_mlp_dims", topMlp);
        if (topMlp.isEmpty() || topMlp.getLast() != 1) {
            throw new UserException("--top_mlp_dims " + topMlp + " must end in 1, the logit");
        }
        if (crossLayers < 0 || crossLayers > MOST_CROSS_LAYERS) {
            throw new UserException("--num_cross_layers " + crossLayers + " must be 0 or more, at most " + MOST_CROSS_LAYERS);
        }
        if (projection < 0 || projection > LARGEST_WIDTH) {
            throw new UserException("--cross_layer_projection_dim " + projection + " must be 0 (full rank) or more, at most " + LARGEST_WIDTH);
        }
        long embeddingWidth = tables.stream().mapToLong(TableConfig::dimension).sum();
        if (embeddingWidth > LARGEST_WIDTH) {
            throw new UserException("--embedding_dim makes " + tables.size() + " tables " + embeddingWidth + " columns wide together; at most " + LARGEST_WIDTH
                    + " are supported");
        }
    }

    private static void requireWidths(String flag, List<Integer> widths) {
        for (int width : widths) {
            if (width < 1) {
                throw new UserException(flag + " " + widths + ": a layer needs at least one unit");
            }
            if (width > LARGEST_WIDTH) {
                throw new UserException(flag + " " + widths + ": a layer has at most " + LARGEST_WIDTH + " units");
            }
        }
    }

    private static int padded(int width) {
        return (width + PADDING - 1) / PADDING * PADDING;
    }

    /** Width of the bottom MLP's input: the numerical features, zero-padded. */
    public int bottomInputWidth() {
        return padded(numericalFeatures);
    }

    /** Width of the bottom MLP's output, 0 without numerical features. */
    public int bottomWidth() {
        return numericalFeatures == 0 ? 0 : bottomMlp.getLast();
    }

    /** Width of x0 and of every cross layer: bottom output, then one vector per table. */
    public int interactionWidth() {
        return bottomWidth() + tables.stream().mapToInt(TableConfig::dimension).sum();
    }

    /** First column of x0 that {@code table} writes. */
    public int columnOffset(int table) {
        return bottomWidth() + tables.subList(0, table).stream().mapToInt(TableConfig::dimension).sum();
    }

    /** True when the bottom MLP's output is concatenated before the top MLP. */
    public boolean readsBottomAgain() {
        return concatBottom && bottomWidth() > 0;
    }

    /** Width of the top MLP's input, zero-padded. */
    public int topInputWidth() {
        return padded(interactionWidth() + (readsBottomAgain() ? bottomWidth() : 0));
    }

    /** True when the top MLP reads a tensor of its own and not the last cross layer's output as it is. */
    public boolean topInputIsSeparate() {
        return topInputWidth() != interactionWidth();
    }
}
