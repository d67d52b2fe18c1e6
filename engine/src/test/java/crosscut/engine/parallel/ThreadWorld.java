package crosscut.engine.parallel;

import crosscut.kernels.collective.Collectives;
import crosscut.kernels.collective.Member;
import crosscut.kernels.collective.PeerLostException;
import crosscut.kernels.collective.Rendezvous;
import crosscut.kernels.collective.RendezvousPoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
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
public final class ThreadWorld {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** What one rank does. */
    public interface Program<T> {

        T run(World world) throws Exception;
    }

    private ThreadWorld() {}

    /**
     * Runs the program on all ranks and returns what each returned, by rank.
     *
     * @throws RuntimeException what the lowest failing rank threw, if possible one that did not just lose another
     */
    public static <T> List<T> run(int size, Program<T> program) {
        List<Future<T>> futures = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(size)) {
            Path folder = Files.createTempDirectory("crosscut-world");
            folder.toFile().deleteOnExit();
            folder.resolve("rendezvous").toFile().deleteOnExit();
            RendezvousPoint point = RendezvousPoint.parse(folder.resolve("rendezvous").toString());
            for (int rank = 0; rank < size; rank++) {
                Member member = new Member(rank, size, "test", Map.of());
                futures.add(threads.submit(() -> {
                    try (Collectives collectives = new Rendezvous(point, "secret", TIMEOUT, TIMEOUT, false).meet(member)) {
                        return program.run(new World(collectives));
                    }
                }));
            }
            return results(futures);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same world with exchanges that run beside the device's work, as between machines. */
    public static World overlapping(World world) {
        Collectives collectives = (Collectives) Proxy.newProxyInstance(ThreadWorld.class.getClassLoader(), new Class<?>[] {Collectives.class},
                (_, method, arguments) -> {
                    try {
                        return method.getName().equals("gainFromOverlap") ? true : method.invoke(world.collectives(), arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
        return new World(collectives);
    }

    private static <T> List<T> results(List<Future<T>> futures) {
        List<T> results = new ArrayList<>();
        PeerLostException lost = null;
        for (Future<T> future : futures) {
            try {
                results.add(get(future));
            } catch (PeerLostException consequence) {
                lost = lost == null ? consequence : lost;
            }
        }
        if (lost != null) {
            throw lost;
        }
        return results;
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
