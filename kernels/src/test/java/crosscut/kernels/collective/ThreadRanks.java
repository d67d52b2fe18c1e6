package crosscut.kernels.collective;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Ranks that are threads of one JVM, connected as processes are. */
final class ThreadRanks {

    static final String SECRET = "a secret";
    static final Duration TIMEOUT = Duration.ofSeconds(20);

    /** What one rank does. */
    interface Program<T> {

        T run(Collectives collectives) throws Exception;
    }

    /** How one rank comes to the rendezvous. */
    interface Arrival {

        Collectives arrive(int rank, RendezvousPoint point) throws Exception;
    }

    private ThreadRanks() {}

    static Member member(int rank, int size) {
        return new Member(rank, size, "1.0", Map.of("--batch_size", "64"));
    }

    /** Runs the program on all ranks and returns what each returned, by rank. Every other world size checks what it exchanges. */
    static <T> List<T> run(int size, Program<T> program) {
        return run(size, TIMEOUT, program);
    }

    static <T> List<T> run(int size, Duration exchangeTimeout, Program<T> program) {
        boolean hasChecksums = size % 2 == 0;
        return run(size, (rank, point) -> new Rendezvous(point, SECRET, TIMEOUT, exchangeTimeout, hasChecksums).meet(member(rank, size)), program);
    }

    static <T> List<T> run(int size, Arrival arrival, Program<T> program) {
        List<T> results = new ArrayList<>();
        for (Future<T> future : start(size, arrival, program)) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                throw new AssertionError("rank " + results.size() + ": " + e.getCause().getMessage(), e.getCause());
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        return results;
    }

    /** Runs the program on all ranks and returns what each threw, by rank; null for a rank that ended well. */
    static List<Throwable> failures(int size, Arrival arrival, Program<?> program) {
        List<Throwable> failures = new ArrayList<>();
        for (Future<?> future : start(size, arrival, program)) {
            try {
                future.get();
                failures.add(null);
            } catch (ExecutionException e) {
                failures.add(e.getCause());
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        return failures;
    }

    private static <T> List<Future<T>> start(int size, Arrival arrival, Program<T> program) {
        RendezvousPoint point = RendezvousPoint.parse(temporaryFolder().resolve("rendezvous").toString());
        List<Future<T>> futures = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(size)) {
            for (int rank = 0; rank < size; rank++) {
                int self = rank;
                futures.add(threads.submit(() -> {
                    try (Collectives collectives = arrival.arrive(self, point)) {
                        return program.run(collectives);
                    }
                }));
            }
        }
        return futures;
    }

    private static Path temporaryFolder() {
        try {
            Path folder = Files.createTempDirectory("crosscut-rendezvous");
            folder.toFile().deleteOnExit();
            folder.resolve("rendezvous").toFile().deleteOnExit();
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
