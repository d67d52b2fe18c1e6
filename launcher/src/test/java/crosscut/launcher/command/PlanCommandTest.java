package crosscut.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Plans of the reference's largest model, on a machine that could hold none of it. */
class PlanCommandTest {

    /** As NVIDIA's tools store one: a label, 13 numerical values of 2 bytes, 26 ids of the narrowest types. */
    private static final int SAMPLE_BYTES = 90;

    @TempDir
    private Path folder;

    @BeforeEach
    void writeSpec() {
        CommandLines written = CommandLines.run("generate-feature-spec", "--variant=criteo_t0_synthetic", "--dst=" + folder.resolve("feature_spec.yaml"));
        assertThat(written.status()).isZero();
    }

    private CommandLines plan(String... more) {
        String[] arguments = new String[more.length + 2];
        arguments[0] = "plan";
        arguments[1] = "--dataset_path=" + folder;
        System.arraycopy(more, 0, arguments, 2, more.length);
        return CommandLines.run(arguments);
    }

    @Test
    void showsAGpuThatIsNotThere() {
        CommandLines result = plan("--device=cuda", "--amp");
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("--device cuda, precision fp16:", "GiB  embedding tables", "GiB  embedding first moments", "MiB  sorted ids",
                "MiB  sorted ids of the next batch", "MiB  dense gradients", "192.0 MiB  matrix product workspace", "GiB  on the device in all",
                "raw batch, on the host", "besides: what the driver");
    }

    @Test
    void showsTheRankThatNeedsMostAndAllSums() {
        CommandLines result = plan("--device=cuda", "--np=8", "--precision=tf32");
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out()).contains("of 8, which needs most:", "embedding exchange")
                .containsPattern("on the device by rank: ([0-9.]+ GiB, ){7}[0-9.]+ GiB")
                .containsPattern("rank 0: [0-9,]+ parameters, [0-9,]+ lookups, [0-9.]+ MiB read and [0-9.]+ MiB sent.*; tables: .*cat_0\\[[0-9]+:[0-9]+\\]");
    }

    /** Either a rank reads the ids of all 65,536 samples for its tables, or an eighth of every column; all ranks together read everything once. */
    @Test
    void showsWhatARankReadsAndSendsInEitherModeOfInput() {
        JsonNode read = new JsonMapper().readTree(plan("--device=cuda", "--np=8", "--json", "--column_slice_threshold=100000000000").out()).get("placement");
        JsonNode sent = new JsonMapper().readTree(
                plan("--device=cuda", "--np=8", "--json", "--column_slice_threshold=100000000000", "--data_parallel_input").out()).get("placement");
        assertThat(sum(read, "read_bytes_per_step")).isEqualTo(sum(sent, "read_bytes_per_step")).isEqualTo(65_536L * SAMPLE_BYTES);
        assertThat(sent.valueStream().mapToLong(rank -> rank.get("read_bytes_per_step").asLong()).distinct().toArray()).containsExactly(8192L * SAMPLE_BYTES);
        assertThat(sum(sent, "sent_bytes_per_step") - sum(read, "sent_bytes_per_step")).isEqualTo(7 * 8192L * 26 * Integer.BYTES);
    }

    private static long sum(JsonNode ranks, String name) {
        return ranks.valueStream().mapToLong(rank -> rank.get(name).asLong()).sum();
    }

    @Test
    void showsSlicesOfRows() {
        CommandLines result = plan("--device=cuda", "--np=8", "--row_slice_threshold=10000000000");
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out()).containsPattern("rank 0: .* tables: .*cat_0\\[rows 0:28450679\\]")
                .containsPattern("rank 7: .* tables: .*cat_0\\[rows 199154753:227605432\\]");
        JsonNode placement = new JsonMapper().readTree(plan("--device=cuda", "--np=8", "--row_slice_threshold=10000000000", "--json").out()).get("placement");
        assertThat(placement.valueStream().flatMap(rank -> rank.get("tables").valueStream())
                .mapToLong(table -> table.get("rows").asLong() * table.get("columns").asLong()).sum()).isEqualTo(placement.valueStream()
                .mapToLong(rank -> rank.get("parameters").asLong()).sum());
    }

    @Test
    void saysWhetherAGpuIsLargeEnoughAndByHowMuch() {
        CommandLines large = plan("--device=cuda", "--gpu_memory_gb=2000");
        assertThat(large.status()).as(large.err()).isZero();
        assertThat(large.out()).containsPattern("fits a GPU of 2000.0 GiB and leaves [0-9.]+ GiB for that");
        CommandLines small = plan("--device=cuda", "--gpu_memory_gb=139");
        assertThat(small.status()).isEqualTo(CommandLineMain.USER_ERROR);
        assertThat(small.out()).containsPattern("does not fit a GPU of 139.0 GiB: [0-9.]+ GiB too many; .*--optimizer sgd");
        assertThat(plan("--device=cpu", "--gpu_memory_gb=80").err()).contains("--gpu_memory_gb 80.0 is for GPUs", "add --device cuda");
        assertThat(plan("--device=cuda", "--gpu_memory_gb=0").err()).contains("--gpu_memory_gb 0.0 must be more than 0");
    }

    /** A machine that could hold none of it plans host memory that it does not have. */
    @Test
    void tablesInHostMemoryAreToldApartAndAFittingThresholdIsNamed() {
        CommandLines tooLarge = plan("--device=cuda", "--gpu_memory_gb=80");
        assertThat(tooLarge.status()).isEqualTo(CommandLineMain.USER_ERROR);
        assertThat(tooLarge.out()).containsPattern("too many; plan with --cpu_offloading_threshold_gb [0-9.]+, which puts the largest tables into host memory");
        String threshold = tooLarge.out().replaceAll("(?s).*--cpu_offloading_threshold_gb ([0-9.]+),.*", "$1");
        CommandLines fitting = plan("--device=cuda", "--gpu_memory_gb=80", "--cpu_offloading_threshold_gb=" + threshold);
        assertThat(fitting.status()).as(fitting.out()).isZero();
        assertThat(fitting.out()).containsPattern("GiB  embedding second moments, on the host where the device reads it")
                .containsPattern("1[0-9]{3}\\.[0-9] GiB  on the host in all; tables in host memory: (cat_[0-9]+, )+cat_[0-9]+\\n")
                .contains("fits a GPU of 80.0 GiB");
        JsonNode rank = new JsonMapper().readTree(plan("--device=cuda", "--cpu_offloading_threshold_gb=0", "--json").out()).get("ranks").get(0);
        assertThat(rank.get("offloaded_tables").size()).isEqualTo(26);
        assertThat(rank.get("host_bytes").asLong()).isGreaterThan(1200L << 30);
        assertThat(rank.get("device_bytes").asLong()).isLessThan(20L << 30);
    }

    @Test
    void onTheProcessorOffloadingChangesNothing() {
        assertThat(plan("--device=cpu", "--cpu_offloading_threshold_gb=0").out()).isEqualTo(plan("--device=cpu").out());
    }

    @Test
    void programsGetEveryAllocationOfEveryRankInBytes() {
        CommandLines result = plan("--device=cuda", "--np=2", "--gpu_memory_gb=1500", "--json");
        assertThat(result.status()).as(result.err()).isZero();
        JsonNode root = new JsonMapper().readTree(result.out());
        assertThat(root.get("fits").asBoolean()).isTrue();
        assertThat(root.get("gpu_memory_bytes").asLong()).isEqualTo(1500L << 30);
        assertThat(root.get("ranks").size()).isEqualTo(2);
        assertThat(root.get("placement").valueStream().flatMap(rank -> rank.get("tables").valueStream()).mapToInt(table -> table.get("columns").asInt()).sum())
                .isEqualTo(26 * 128);
        for (JsonNode rank : root.get("ranks")) {
            long onDevice = 0;
            long onHost = 0;
            for (JsonNode allocation : rank.get("allocations")) {
                onDevice += allocation.get("on_host").asBoolean() ? 0 : allocation.get("bytes").asLong();
                onHost += allocation.get("on_host").asBoolean() ? allocation.get("bytes").asLong() : 0;
            }
            assertThat(onDevice).isEqualTo(rank.get("device_bytes").asLong()).isPositive();
            assertThat(onHost).isEqualTo(rank.get("host_bytes").asLong()).isPositive();
        }
    }

    @Test
    void tablesOfTheSmallerCriteoDataAndTheirMomentsAreAsLargeAsCountedByHand() {
        CommandLines written = CommandLines.run("generate-feature-spec", "--variant=criteo_t15_synthetic", "--dst=" + folder.resolve("feature_spec.yaml"));
        assertThat(written.status()).isZero();
        JsonNode allocations = new JsonMapper().readTree(plan("--device=cuda", "--json").out()).get("ranks").get(0).get("allocations");
        long tables = 0;
        for (JsonNode allocation : allocations) {
            String owner = allocation.get("owner").asString();
            boolean isTable = owner.equals("embedding tables") || owner.equals("embedding first moments") || owner.equals("embedding second moments");
            tables += isTable ? allocation.get("bytes").asLong() : 0;
        }
        assertThat(tables).isEqualTo(3L * 32_709_138 * 128 * Float.BYTES);
    }

    @Test
    void costsOfAStepAreListedForOneRank() {
        CommandLines result = plan("--device=cuda", "--costs");
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out()).contains("GFLOP", "EmbeddingOperations.update", "a sample");
        JsonNode step = new JsonMapper().readTree(plan("--device=cuda", "--costs", "--json").out()).get("step");
        assertThat(step.size()).isGreaterThan(20);
        assertThat(step.get(0).get("bytes").asDouble()).isPositive();
        assertThat(plan("--device=cuda", "--costs", "--np=2").err()).contains("--costs counts the training step of one rank");
    }

    @Test
    void isForTheProcessorToo() {
        CommandLines result = plan("--device=cpu");
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out()).contains("--device cpu, precision fp32:", "GiB  on the device in all", "MiB  Java heap, the process's own",
                "GiB  of this machine's memory").doesNotContain("workspace", "besides");
        JsonNode rank = new JsonMapper().readTree(plan("--device=cpu", "--json").out()).get("ranks").get(0);
        assertThat(rank.get("process").valueStream().mapToLong(part -> part.get("bytes").asLong()).sum()).isEqualTo(rank.get("process_bytes").asLong())
                .isPositive();
        assertThat(rank.get("total_bytes").asLong())
                .isEqualTo(rank.get("device_bytes").asLong() + rank.get("host_bytes").asLong() + rank.get("process_bytes").asLong());
    }

    @Test
    void wrongValuesAreRefusedAsTrainRefusesThem() {
        assertThat(plan("--device=cpu", "--precision=fp16").err()).contains("--precision fp16 needs a GPU");
        assertThat(plan("--np=3", "--batch_size=64").err()).contains("--batch_size 64 cannot be divided evenly");
        assertThat(CommandLines.run("plan", "--dataset_path=" + folder.resolve("nowhere")).err()).contains("no such file");
    }
}
