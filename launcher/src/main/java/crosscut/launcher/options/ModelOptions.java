package crosscut.launcher.options;

import crosscut.engine.UserException;
import crosscut.engine.config.ModelFlags;
import crosscut.kernels.embedding.Pooling;
import picocli.CommandLine.Option;

/** The model's shape. */
@FlagGroup("Model")
final class ModelOptions {

    @Option(names = "--embedding_dim", paramLabel = "DIMS", defaultValue = "128",
            description = "Width of the embedding tables: one number, a comma-separated list with one per table, or a JSON file that holds such a list. "
                    + "Default: ${DEFAULT-VALUE}")
    private String embeddingDimension;

    @Option(names = "--bottom_mlp_dims", paramLabel = "WIDTHS", defaultValue = "512,256,128", converter = Widths.Converter.class,
            description = "Layer widths of the bottom MLP. Default: ${DEFAULT-VALUE}")
    private Widths bottomMlp;

    @Option(names = "--top_mlp_dims", paramLabel = "WIDTHS", defaultValue = "1024,1024,512,256,1", converter = Widths.Converter.class,
            description = "Layer widths of the top MLP; the last must be 1. Default: ${DEFAULT-VALUE}")
    private Widths topMlp;

    @Option(names = "--num_cross_layers", paramLabel = "N", defaultValue = "3", description = "Number of cross layers. Default: ${DEFAULT-VALUE}")
    private int crossLayers;

    @Option(names = "--cross_layer_projection_dim", paramLabel = "N", defaultValue = "512",
            description = "Rank of the cross layers' weights, 0 for full rank. Default: ${DEFAULT-VALUE}")
    private int projection;

    @Option(names = "--concat_bottom_mlp", arity = "1", defaultValue = "true",
            description = "The top MLP reads the bottom MLP's output beside the cross network's, as the model's description says; "
                    + "--no-concat_bottom_mlp: only the cross network's, as NVIDIA's released code and MLPerf do. Default: ${DEFAULT-VALUE}")
    private boolean concatBottom;

    @Option(names = "--pooling", paramLabel = "KIND", defaultValue = "sum",
            description = "How the rows of a multi-hot feature are joined: sum or mean. Default: ${DEFAULT-VALUE}")
    private Pooling pooling;

    @Option(names = "--interaction", paramLabel = "KIND", defaultValue = "cross", description = "Feature interaction: cross. Default: ${DEFAULT-VALUE}")
    private String interaction;

    @Option(names = "--embedding_zeros_initializer", arity = "1", defaultValue = "false",
            description = "Start the embedding tables at zero: quicker to create, for benchmarks. Default: ${DEFAULT-VALUE}")
    private boolean embeddingZeros;

    ModelFlags toConfig() {
        if (!interaction.equals("cross")) {
            throw new UserException("--interaction " + interaction + ": this is DCNv2, whose interaction is cross; DLRM's dot interactions are not built in");
        }
        return new ModelFlags(embeddingDimension, bottomMlp.values(), topMlp.values(), crossLayers, projection, concatBottom, pooling);
    }

    boolean embeddingZeros() {
        return embeddingZeros;
    }
}
