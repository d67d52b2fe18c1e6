package crosscut.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.launcher.options.UnsupportedFlag;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** No dead flags: each flag of the reference either works under its name, or is refused with a sentence of its own. */
class ReferenceFlagsTest {

    private static final List<String> WITH_DEFAULTS = List.of(
            "batch_size=65536", "valid_batch_size=65536", "top_mlp_dims=1024,1024,512,256,1", "bottom_mlp_dims=512,256,128", "embedding_dim=128",
            "optimizer=adam", "interaction=cross", "learning_rate=1e-4", "beta1=0.9", "beta2=0.999", "warmup_steps=100", "decay_start_step=48000",
            "decay_steps=24000", "num_cross_layers=3", "cross_layer_projection_dim=512", "mode=train", "embedding_zeros_initializer=false", "amp=false",
            "auc_thresholds=8000", "epochs=1", "max_steps=-1", "evals_per_epoch=1", "print_freq=100", "loss_scale=65536",
            "feature_spec=feature_spec.yaml", "dist_strategy=memory_balanced", "column_slice_threshold=5000000000",
            "data_parallel_input=false");

    private static final List<String> WITHOUT_DEFAULTS = List.of("seed", "save_checkpoint_path", "restore_checkpoint_path", "dataset_path", "dataset_type",
            "log_path", "row_slice_threshold", "data_parallel_threshold", "cpu_offloading_threshold_gb");

    private static final List<String> OF_NO_USE_HERE = List.of(
            "run_eagerly", "tfdata_debug", "embedding_trainable", "use_mde_embeddings", "concat_embedding",
            "cpu", "xla", "inter_op_parallelism",
            "intra_op_parallelism", "profiler_start_step", "profiled_rank", "synthetic_dataset_use_feature_spec",
            "synthetic_dataset_train_batches", "synthetic_dataset_valid_batches", "synthetic_dataset_cardinalities", "synthetic_dataset_hotness",
            "synthetic_dataset_num_numerical_features");

    private static final CommandSpec TRAIN = new CommandLine(new TrainCommand()).getCommandSpec();

    static Stream<String> live() {
        return Stream.concat(WITH_DEFAULTS.stream().map(flag -> flag.substring(0, flag.indexOf('='))), WITHOUT_DEFAULTS.stream());
    }

    @ParameterizedTest
    @MethodSource("live")
    void aLiveFlagIsAcceptedInBothSpellings(String flag) {
        assertThat(TRAIN.optionsMap()).containsKey("--" + flag);
        assertThat(UnsupportedFlag.all()).doesNotContainKey("--" + flag);
        String value = Map.of("interaction", "cross", "precision", "fp32", "cpu_offloading_threshold_gb", "75").getOrDefault(flag, defaultOrSample(flag));
        CommandLines result = CommandLines.run("--dataset_type=synthetic", "--dry_run", "--" + flag.replace('_', '-') + "=" + value);
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
    }

    private static String defaultOrSample(String flag) {
        String given = TRAIN.optionsMap().get("--" + flag).defaultValue();
        return given != null ? given : flag.equals("dataset_type") ? "synthetic" : "somewhere";
    }

    @Test
    void defaultsAreTheReferences() {
        for (String flag : WITH_DEFAULTS) {
            String[] nameAndDefault = flag.split("=");
            assertThat(TRAIN.optionsMap().get("--" + nameAndDefault[0]).defaultValue()).as(nameAndDefault[0]).isEqualTo(nameAndDefault[1]);
        }
    }

    @Test
    void aFlagOfNoUseIsRefusedWithItsSentence() {
        for (String flag : OF_NO_USE_HERE) {
            for (String spelling : List.of("--" + flag, "--no" + flag, "--" + flag.replace('_', '-') + "=1")) {
                CommandLines result = CommandLines.run(spelling);
                assertThat(result.status()).as(spelling).isEqualTo(2);
                assertThat(result.err()).hasLineCount(1).contains(UnsupportedFlag.all().get("--" + flag));
            }
        }
    }

    @Test
    void theTableRefusesNothingElse() {
        assertThat(UnsupportedFlag.all().keySet()).containsExactlyInAnyOrderElementsOf(OF_NO_USE_HERE.stream().map(flag -> "--" + flag).toList());
        assertThat(UnsupportedFlag.all().keySet()).doesNotContainAnyElementsOf(TRAIN.optionsMap().keySet());
    }

    @Test
    void everyFlagSaysWhatItDoesAndIsSpelledWithUnderscores() {
        for (OptionSpec option : TRAIN.options()) {
            assertThat(Arrays.asList(option.description())).as(option.longestName()).isNotEmpty();
            assertThat(option.longestName()).matches("--[a-z0-9_]+");
        }
    }
}
