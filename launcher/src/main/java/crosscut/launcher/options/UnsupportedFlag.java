package crosscut.launcher.options;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Flags of the reference that mean nothing here, each with the sentence that tells what to do instead. A flag is never accepted and then ignored. */
public final class UnsupportedFlag {

    private static final Map<String, String> SENTENCES = sentences();

    private UnsupportedFlag() {
    }

    /** The sentences by flag, spelled {@code --like_this}. */
    public static Map<String, String> all() {
        return SENTENCES;
    }

    private static Map<String, String> sentences() {
        Map<String, String> table = new LinkedHashMap<>();
        String noTensorFlow = "there is no TensorFlow here; drop the flag";
        table.put("--xla", "there is no XLA here, the kernels are fused already; drop the flag");
        table.put("--run_eagerly", noTensorFlow);
        table.put("--tfdata_debug", noTensorFlow);
        table.put("--inter_op_parallelism", "ops run one after the other, each on all threads; use --threads N");
        table.put("--intra_op_parallelism", "use --threads N");
        table.put("--cpu", "use --device cpu");

        String tablesAreSeparate = "each table is stored by itself whatever its width, so there is nothing to concatenate; drop the flag";
        table.put("--concat_embedding", tablesAreSeparate);
        table.put("--use_mde_embeddings", tablesAreSeparate);
        table.put("--embedding_trainable", "the reference never uses it; tables are always trained, --mode eval changes nothing");

        table.put("--profiler_start_step", "use the JVM's flight recorder: JDK_JAVA_OPTIONS=-XX:StartFlightRecording=filename=run.jfr");
        table.put("--profiled_rank", "use the JVM's flight recorder: JDK_JAVA_OPTIONS=-XX:StartFlightRecording=filename=run-%p.jfr records every rank");

        String shapeFromSpec = "the shape of synthetic samples is the feature spec's; write one with generate-feature-spec";
        table.put("--synthetic_dataset_use_feature_spec", shapeFromSpec);
        table.put("--synthetic_dataset_cardinalities", shapeFromSpec);
        table.put("--synthetic_dataset_hotness", shapeFromSpec);
        table.put("--synthetic_dataset_num_numerical_features", shapeFromSpec);
        table.put("--synthetic_dataset_train_batches", "use --synthetic_dataset_train_samples N");
        table.put("--synthetic_dataset_valid_batches", "use --synthetic_dataset_test_samples N");
        return Collections.unmodifiableMap(table);
    }
}
