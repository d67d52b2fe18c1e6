package crosscut.launcher.malformed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Right data, wrong flags. */
class MalformedFlagsTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void writeDataset() {
        SmallDataset.write(folder.resolve("set"));
    }

    private void refused(int status, String moreFlags, String mentioned) throws IOException {
        new Refusal(folder).check(status, SmallDataset.FLAGS + " " + moreFlags, List.of(mentioned.split("; ")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --learning_rat=1              | unknown flag --learning_rat; did you mean --learning_rate?
            --num-cross-layer=2           | --num_cross_layer; did you mean --num_cross_layers?
            --completely_else             | unknown flag --completely_else
            -x                            | unknown flag -x
            value                         | train does not know what to do with 'value'
            --epochs                      | --epochs
            --dataset_path                | --dataset_path
            --epochs=                     | --epochs
            --epochs=two                  | --epochs two; whole number
            --epochs=1.5                  | --epochs 1.5; whole number
            --max_steps=99999999999999999999 | --max_steps 99999999999999999999; whole number
            --learning_rate=1,5           | --learning_rate 1,5; number
            --bottom_mlp_dims=8;4         | --bottom_mlp_dims 8;4; whole numbers with commas
            --top_mlp_dims=8,1.0          | --top_mlp_dims 8,1.0; whole numbers with commas
            --top_mlp_dims=9999999999,1   | --top_mlp_dims 9999999999,1; whole numbers
            --optimizer=adagrad           | --optimizer adagrad; adam, sgd
            --pooling=max                 | --pooling max; sum, mean
            --labels=none                 | --labels none; coin, planted
            --precision=int8              | --precision int8; fp32, tf32, fp16, bf16
            --device=gpu                  | --device gpu; cpu, auto, cuda, cuda-sim
            --shuffle=2                   | --shuffle=2; true or false
            --concat_bottom_mlp=maybe     | --concat_bottom_mlp=maybe; true or false
            --xla                         | --xla; drop the flag
            --cpu                         | --cpu; --device cpu
            --row_slice_threshold=1e10    | --row_slice_threshold 1e10; whole number
            --dist_strategy=even          | --dist_strategy; even; cost_balanced
            --cpu_offloading_threshold_gb=much | --cpu_offloading_threshold_gb much; number
            --column_slice_threshold=5e9  | --column_slice_threshold 5e9; whole number
            --synthetic_dataset_train_batches=5 | --synthetic_dataset_train_batches; --synthetic_dataset_train_samples
            --profiled_rank=0             | --profiled_rank; flight recorder
            """)
    void aCommandLineThatCannotBeUnderstood(String flags, String mentioned) throws IOException {
        refused(Refusal.USAGE_ERROR, flags, mentioned);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --batch_size=0                | --batch_size 0; at least 1
            --batch_size=-16              | --batch_size -16; at least 1
            --valid_batch_size=0          | --valid_batch_size 0; at least 1
            --epochs=0                    | --epochs 0; at least 1
            --max_steps=0                 | --max_steps 0; at least 1
            --max_steps=-2                | --max_steps -2
            --evals_per_epoch=0           | --evals_per_epoch 0
            --print_freq=0                | --print_freq 0
            --auc_thresholds=1            | --auc_thresholds 1
            --np=0                        | --np 0
            --mode=eval --profile         | --profile; --mode train
            --threads=-1                  | --threads -1
            --threads=100000           | --threads 100000; at most 4096
            --learning_rate=0             | --learning_rate 0
            --learning_rate=-1            | --learning_rate -1
            --learning_rate=Infinity      | --learning_rate Infinity
            --beta1=1                     | --beta1 1
            --beta2=-0.1                  | --beta2 -0.1
            --warmup_steps=-1             | --warmup_steps -1
            --decay_steps=-1              | --decay_steps -1
            --num_cross_layers=-1         | --num_cross_layers -1
            --num_cross_layers=2000000000 | --num_cross_layers 2000000000
            --cross_layer_projection_dim=-1 | --cross_layer_projection_dim -1
            --cross_layer_projection_dim=2000000000 | --cross_layer_projection_dim 2000000000
            --embedding_dim=0             | embedding dimension 0; color
            --embedding_dim=four          | --embedding_dim four
            --embedding_dim=4,4,4         | --embedding_dim; 3 widths; 2 categorical
            --embedding_dim=4,            | --embedding_dim 4,
            --embedding_dim=2000000000    | --embedding_dim; 4000000000 columns
            --embedding_dim=DIR/none.json | --embedding_dim DIR/none.json; no such file
            --embedding_dim=DIR/set       | --embedding_dim DIR/set
            --bottom_mlp_dims=            | --bottom_mlp_dims; empty
            --bottom_mlp_dims=8,0         | --bottom_mlp_dims; 0
            --bottom_mlp_dims=2000000000,8 | --bottom_mlp_dims; 2000000000
            --top_mlp_dims=8,2            | --top_mlp_dims; must end in 1
            --top_mlp_dims=               | --top_mlp_dims; must end in 1
            --interaction=dot             | --interaction dot; cross
            --amp --precision=fp32        | --amp; --precision fp32
            --device=cuda --np=1000       | --device cuda; --device cpu
            --device=cpu --precision=tf32 | --precision tf32; --device cpu
            --device=cpu --precision=fp16 | --precision fp16; --device cpu
            --column_slice_threshold=0    | --column_slice_threshold 0; at least 1
            --row_slice_threshold=-1      | --row_slice_threshold -1; 0 (none)
            --data_parallel_threshold=-1  | --data_parallel_threshold -1; 0 (none)
            --cpu_offloading_threshold_gb=-1 | --cpu_offloading_threshold_gb -1.0; 0 (all tables in host memory) or more
            --cpu_offloading_threshold_gb=NaN | --cpu_offloading_threshold_gb NaN; 0 (all tables in host memory) or more
            --nnodes=0                    | --nnodes 0; at least 1
            --node_rank=1                 | --node_rank 1; --nnodes
            --nnodes=2                    | --nnodes 2; --node_rank 0 to 1
            --nnodes=2 --node_rank=2      | --nnodes 2; --node_rank 0 to 1; 2
            --nnodes=2 --node_rank=0      | 2 machines; --rendezvous HOST:PORT
            --nnodes=2 --node_rank=0 --rendezvous=127.0.0.1 | --rendezvous 127.0.0.1; HOST:PORT
            --nnodes=2 --node_rank=0 --rendezvous=127.0.0.1:5000 | CROSSCUT_SECRET; openssl rand
            --rendezvous_timeout=0        | --rendezvous_timeout 0; at least 1 second
            --exchange_timeout=0          | --exchange_timeout 0; at least 1 second
            --loss_scale=large            | --loss_scale large; dynamic
            --loss_scale=0                | --loss_scale 0
            --dataset_type=split_tfrecords | --dataset_type split_tfrecords; tf_raw
            --dataset_type=csv            | --dataset_type csv; synthetic
            --feature_spec=other.yaml     | DIR/set/other.yaml; no such file
            --checkpoint_every_steps=5    | --checkpoint_every_steps 5; --save_checkpoint_path
            --checkpoint_every_steps=-1   | --checkpoint_every_steps -1
            --keep_checkpoints=0          | --keep_checkpoints 0
            --restore_weights_only        | --restore_weights_only; --restore_checkpoint_path
            --mode=eval                   | --mode eval; --restore_checkpoint_path
            --dataset_type=synthetic --synthetic_dataset_train_samples=0 | --synthetic_dataset_train_samples 0
            --dataset_type=synthetic --synthetic_dataset_test_samples=-5 | --synthetic_dataset_test_samples -5
            --dataset_type=synthetic --synthetic_dataset_train_samples=10 | train has 10 samples; batch of 16
            --batch_size=2000000000       | --batch_size 2000000000; at most
            --valid_batch_size=2147483647 | --valid_batch_size 2147483647
            --mode=inference --max_steps=9999999999 | --max_steps 9999999999
            @DIR/none.args                | DIR/none.args; no such file
            """)
    void aValueThatCannotBe(String flags, String mentioned) throws IOException {
        refused(Refusal.USER_ERROR, flags, mentioned);
    }

    @Test
    void moreIdsThanCanBeCounted() throws IOException {
        Files.writeString(folder.resolve("set/feature_spec.yaml"), """
                channel_spec: {categorical: [words], numerical: [], label: [clicked]}
                feature_spec: {words: {dtype: int32, cardinality: 1000, hotness: 1000}, clicked: {dtype: bool}}
                source_spec: null
                """);
        refused(Refusal.USER_ERROR, "--dataset_type=synthetic --synthetic_dataset_train_samples=4000000 --batch_size=4000000",
                "--batch_size 4000000; 4000000000 ids");
        refused(Refusal.USER_ERROR, "--dataset_type=synthetic --valid_batch_size=4000000", "--valid_batch_size 4000000; 4000000000 ids");
    }

    /** One per table from a file: the same mistakes. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``               | JSON list
            [4, 4            | JSON list
            {"color": 4}     | JSON list
            ["four", 4]      | JSON list
            [4, 4, 4]        | 3 widths
            []               | 0 widths
            [4.5, 4]         | JSON list
            [4, -4]          | embedding dimension -4; shop
            [99999999999, 4] | JSON list
            """)
    void aJsonFileOfWidths(String content, String mentioned) throws IOException {
        Files.writeString(folder.resolve("widths.json"), content);
        refused(Refusal.USER_ERROR, "--embedding_dim=DIR/widths.json", mentioned);
    }

    @Test
    void anArgumentFileThatIncludesItself() throws IOException {
        Files.writeString(folder.resolve("self.args"), "@self.args");
        refused(Refusal.USER_ERROR, "@DIR/self.args", "self.args; include itself");
    }

    @Test
    void anArgumentFileThatIsNoText() throws IOException {
        Files.write(folder.resolve("odd.args"), new byte[] {(byte) 0xff, (byte) 0xfe});
        refused(Refusal.USER_ERROR, "@DIR/odd.args", "odd.args; UTF-8");
        Files.writeString(folder.resolve("odd.args"), "--log_path 'my logs");
        refused(Refusal.USER_ERROR, "@DIR/odd.args", "odd.args; quote");
        refused(Refusal.USER_ERROR, "@DIR/set", "DIR/set; it is a folder");
    }
}
