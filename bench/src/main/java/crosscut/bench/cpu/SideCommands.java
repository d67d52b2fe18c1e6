package crosscut.bench.cpu;

import crosscut.bench.ModelSize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How the sides of a race are started: all on the class path of this process.
 *
 * @param sgemm a library that gives oneDNN's fp32 products under the name that libtorch calls, null without one
 * @param jemalloc the allocator's library, null without one
 * @param unpacked where JavaCPP unpacks libtorch
 * @param logs folder for what the sides print to standard error
 */
record SideCommands(Path sgemm, Path jemalloc, Path unpacked, Path logs) {

    /** Known by name only: it is compiled with the profile cpu-peers. */
    private static final String TORCH_CONTENDER = "crosscut.bench.peers.TorchContender";

    /** jemalloc as PyTorch's tuning guide sets it: without this it gives large tensors back to the system, and every step pays for fresh pages. */
    private static final String KEEP_FREED_MEMORY =
            "oversize_threshold:1,background_thread:true,metadata_thp:auto,dirty_decay_ms:9000000000,muzzy_decay_ms:9000000000";

    /** Crosscut, with the collector that the program gives its ranks. */
    Side ours(Contest contest) {
        return start("Crosscut", List.of(), CrosscutContender.class.getName(), contest.arguments(), _ -> { });
    }

    /** PyTorch. */
    Side theirs(Contest contest, Peer peer) {
        // JavaCPP would ask the system for the memory in use at every tensor, and let the garbage collector find what is freed by hand here.
        List<String> flags = List.of("-Dorg.bytedeco.javacpp.maxbytes=0", "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
                "-Dorg.bytedeco.javacpp.nopointergc=true", "-Dorg.bytedeco.javacpp.cachedir=" + unpacked);
        List<String> arguments = new ArrayList<>(contest.arguments());
        arguments.add(peer.name());
        return start("PyTorch", flags, TORCH_CONTENDER, arguments, environment -> settings(contest, peer, environment));
    }

    /** A main class on the class path of this process. */
    Side start(String name, List<String> flags, String main, List<String> arguments, Consumer<Map<String, String>> environment) {
        return new Side(name, java(flags, main, arguments), environment, logs.resolve(name + ".log"));
    }

    private void settings(Contest contest, Peer peer, Map<String, String> environment) {
        environment.put("OMP_NUM_THREADS", String.valueOf(contest.threads()));
        environment.put("OPENBLAS_NUM_THREADS", String.valueOf(contest.threads()));
        // What some machines set for the sake of old builds of OpenBLAS would slow this one.
        environment.remove("OPENBLAS_CORETYPE");
        environment.remove("OPENBLAS_L2_SIZE");
        if (peer == Peer.TUNED) {
            String libraries = Stream.of(sgemm, jemalloc).filter(library -> library != null).map(Path::toString).collect(Collectors.joining(":"));
            if (!libraries.isEmpty()) {
                environment.put("LD_PRELOAD", libraries);
            }
            if (jemalloc != null) {
                environment.put("MALLOC_CONF", KEEP_FREED_MEMORY);
            }
            if (contest.size() == ModelSize.SMALL) {
                environment.put("OMP_WAIT_POLICY", "ACTIVE");
            }
        }
    }

    private static List<String> java(List<String> flags, String main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--add-modules=jdk.incubator.vector");
        command.add("-Xmx1g");
        command.add("-XX:+UseParallelGC");
        command.addAll(flags);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main);
        command.addAll(arguments);
        return command;
    }
}
