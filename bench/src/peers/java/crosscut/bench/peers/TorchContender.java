package crosscut.bench.peers;

import crosscut.bench.Contender;
import crosscut.bench.cpu.ContenderTurns;
import crosscut.bench.cpu.Contest;
import crosscut.bench.cpu.Peer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.bytedeco.openblas.global.openblas_full;
import org.bytedeco.pytorch.global.torch;

/** PyTorch's side of a race. */
public final class TorchContender implements Contender {

    private static final double SECONDS_PER_TRIAL = 0.5;

    private final Contender work;
    private final Peer peer;

    private TorchContender(Contender work, Peer peer) {
        this.work = work;
        this.peer = peer;
    }

    /** Arguments: a {@link Contest}, then a {@link Peer}. */
    public static void main(String[] arguments) throws IOException {
        List<String> words = List.of(arguments);
        try (Contender contender = open(Contest.parse(words), Peer.valueOf(words.getLast()))) {
            new ContenderTurns(contender).serveStandardInput();
        }
    }

    /** PyTorch's contender, ready to run. What the environment sets is the caller's business. */
    public static Contender open(Contest contest, Peer peer) {
        torch.set_num_threads(contest.threads());
        boolean tuned = peer == Peer.TUNED;
        Contender work = contest.mode() == Contest.Mode.EMBEDDING ? new TorchEmbeddingUpdate(contest.embeddingWorkload(), tuned)
                : new TorchDcnv2(contest, tuned);
        if (tuned && contest.mode() == Contest.Mode.INFERENCE) {
            chooseThreads(work, contest.threads());
        }
        return new TorchContender(work, peer);
    }

    /** Small batches are faster with fewer threads. */
    private static void chooseThreads(Contender work, int most) {
        int best = most;
        double bestSpeed = 0;
        for (int threads = most; threads >= 1; threads--) {
            torch.set_num_threads(threads);
            speed(work);
            double speed = speed(work);
            if (speed > bestSpeed) {
                bestSpeed = speed;
                best = threads;
            }
        }
        torch.set_num_threads(best);
    }

    private static double speed(Contender work) {
        long begin = System.nanoTime();
        int runs = 0;
        double seconds;
        do {
            work.run();
            runs++;
            seconds = (System.nanoTime() - begin) * 1e-9;
        } while (seconds < SECONDS_PER_TRIAL);
        return runs / seconds;
    }

    @Override
    public double run() {
        return work.run();
    }

    @Override
    public float[] outputs() {
        return work.outputs();
    }

    @Override
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("libtorch", version("pytorch"));
        facts.put("OpenBLAS", version("openblas") + ", kernels for " + openblas_full.openblas_get_corename().getString());
        facts.put("threads", String.valueOf(torch.get_num_threads()));
        facts.put("tables", peer == Peer.TUNED ? "one for all features" : "one per feature");
        facts.put("loaded before it", Arrays.stream(System.getenv().getOrDefault("LD_PRELOAD", "nothing").split(":"))
                .map(path -> Path.of(path).getFileName().toString()).collect(Collectors.joining(", ")));
        facts.put("waiting threads", System.getenv().getOrDefault("OMP_WAIT_POLICY", "as OpenMP does it").toLowerCase(Locale.ROOT));
        return facts;
    }

    private static String version(String artifact) {
        Properties properties = new Properties();
        try (InputStream file = TorchContender.class.getResourceAsStream("/META-INF/maven/org.bytedeco/" + artifact + "/pom.properties")) {
            if (file != null) {
                properties.load(file);
            }
        } catch (IOException unreadable) {
            throw new IllegalStateException("the version of " + artifact + " cannot be read", unreadable);
        }
        return properties.getProperty("version", "unknown");
    }

    @Override
    public void close() {
        work.close();
    }
}
