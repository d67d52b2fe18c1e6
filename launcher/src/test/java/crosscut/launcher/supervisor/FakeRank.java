package crosscut.launcher.supervisor;

import crosscut.engine.UserException;
import crosscut.engine.progress.ProgressEvent;
import crosscut.engine.progress.ProgressListener;
import crosscut.kernels.collective.PeerLostException;
import crosscut.launcher.rank.RankLifetime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** A rank that does what its arguments tell: {@code RANK:BEHAVIOUR} for one rank, the last argument for the others. Leaves {@code pid-RANK} in a folder. */
final class FakeRank {

    private final int rank = Integer.parseInt(System.getenv(RankCommand.RANK_VARIABLE));
    private final Path folder;
    private final String behaviour;
    private volatile boolean stopRequested;

    private FakeRank(String[] arguments) {
        this.folder = Path.of(arguments[0]);
        this.behaviour = List.of(arguments).stream().skip(1).filter(argument -> argument.startsWith(rank + ":")).map(argument -> argument.substring(2))
                .findFirst()
                .orElse(arguments[arguments.length - 1]);
    }

    public static void main(String[] arguments) {
        FakeRank rank = new FakeRank(arguments);
        RankLifetime lifetime = new RankLifetime(System.out, rank::stop, false);
        int status = lifetime.run(System.in, rank::work);
        if (!lifetime.isStopping()) {
            System.exit(status);
        }
    }

    private void stop() {
        stopRequested = true;
    }

    private void work(ProgressListener listener) {
        write("pid-" + rank, String.valueOf(ProcessHandle.current().pid()));
        listener.on(new ProgressEvent.Message("rank " + rank + " of " + System.getenv(RankCommand.WORLD_SIZE_VARIABLE)));
        switch (behaviour) {
            case "end" -> System.out.println("plain output");
            case "complain" -> throw new UserException("the data is upside down");
            case "break" -> throw new IllegalStateException("a bug");
            case "lose" -> throw new PeerLostException(1, "all-reduce", null);
            case "complain late" -> {
                sleep(700);
                throw new UserException("the data is upside down");
            }
            case "kill" -> killMyself();
            case "talk and die" -> {
                for (int line = 1; line <= 12; line++) {
                    System.out.println("line " + line);
                }
                killMyself();
            }
            case "die at first" -> {
                if (write("died-before", "once")) {
                    killMyself();
                }
                System.out.println("plain output");
            }
            case "train" -> {
                while (!stopRequested) {
                    sleep(5);
                }
                sleep(300);
                write("checkpoint-" + rank, "saved");
                listener.on(new ProgressEvent.Message("saved"));
            }
            case "hang" -> sleep(Long.MAX_VALUE);
            default -> throw new IllegalArgumentException(behaviour);
        }
    }

    private static void killMyself() {
        try {
            new ProcessBuilder("kill", "-9", String.valueOf(ProcessHandle.current().pid())).start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        sleep(Long.MAX_VALUE);
    }

    /** Returns whether the file is new. */
    private boolean write(String name, String text) {
        boolean isNew = Files.notExists(folder.resolve(name));
        try {
            Path temporary = Files.writeString(folder.resolve(name + ".tmp"), text);
            Files.move(temporary, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            return isNew;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void sleep(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
