package crosscut.kernels.gemm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlgorithmFileTest {

    private static final byte[] FIRST = {1, 2, -3};
    private static final byte[] SECOND = {4};

    @TempDir
    private Path folder;
    private final List<String> messages = new ArrayList<>();
    private AlgorithmFile file;

    @BeforeEach
    void name() {
        file = new AlgorithmFile(folder.resolve("algorithms"), "NVIDIA H200", 130_002, messages::add);
    }

    private Path path() {
        return folder.resolve("algorithms").resolve("NVIDIA-H200-cublaslt-130002.txt");
    }

    @Test
    void whatIsWrittenIsRead() {
        assertThat(file.read()).isEmpty();
        file.write(Map.of("4 x 3 BIAS", FIRST));
        assertThat(file.read()).containsOnlyKeys("4 x 3 BIAS").containsEntry("4 x 3 BIAS", FIRST);
        assertThat(messages).isEmpty();
    }

    @Test
    void whatOthersWroteIsKept() {
        file.write(Map.of("a", FIRST));
        file.write(Map.of("b", SECOND));
        assertThat(file.read()).containsEntry("a", FIRST).containsEntry("b", SECOND);
        assertThat(folder.resolve("algorithms")).isDirectoryNotContaining(file -> file.toString().endsWith(".part"));
    }

    @Test
    void anotherGpuOrLibraryHasAFileOfItsOwn() {
        file.write(Map.of("a", FIRST));
        assertThat(new AlgorithmFile(folder.resolve("algorithms"), "NVIDIA A100", 130_002, messages::add).read()).isEmpty();
        assertThat(new AlgorithmFile(folder.resolve("algorithms"), "NVIDIA H200", 130_100, messages::add).read()).isEmpty();
    }

    @Test
    void everyDamageIsNoticedAndMended() throws IOException {
        file.write(Map.of("a", FIRST, "b", SECOND));
        byte[] good = Files.readAllBytes(path());
        for (int position = 0; position < good.length - 1; position++) {
            byte[] damaged = good.clone();
            damaged[position] ^= 1;
            Files.write(path(), damaged);
            assertThat(file.read()).as("byte %d changed", position).isEmpty();
            Files.write(path(), Arrays.copyOf(good, position));
            assertThat(file.read()).as("cut after byte %d", position).isEmpty();
        }
        assertThat(messages).hasSize(2 * (good.length - 1)).allMatch(message -> message.startsWith("the algorithm file " + path() + " is not used: "));
        file.write(Map.of("a", FIRST));
        assertThat(file.read()).containsOnlyKeys("a");
    }

    @Test
    void oneAfterTheOther() throws InterruptedException {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Thread> ranks = IntStream.range(0, 4).mapToObj(rank -> Thread.ofPlatform().start(() -> {
            AlgorithmFile own = new AlgorithmFile(folder.resolve("algorithms"), "NVIDIA H200", 130_002, messages::add);
            own.exclusively(() -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                own.write(Map.of("rank " + rank, FIRST));
                return inside.decrementAndGet();
            });
        })).toList();
        for (Thread rank : ranks) {
            rank.join();
        }
        assertThat(most).hasValue(1);
        assertThat(file.read()).containsOnlyKeys("rank 0", "rank 1", "rank 2", "rank 3");
        assertThat(messages).isEmpty();
    }

    @Test
    void withoutAFolderNothingIsKept() {
        AlgorithmFile none = new AlgorithmFile(null, "NVIDIA H200", 1, messages::add);
        none.write(Map.of("a", FIRST));
        assertThat(none.read()).isEmpty();
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws IOException {
        Files.writeString(folder.resolve("algorithms"), "a file");
        file.write(Map.of("a", FIRST));
        assertThat(messages).anySatisfy(
                message -> assertThat(message).contains("cannot be written, so the next run searches again").contains(path().toString()));
    }
}
