package crosscut.launcher.fetch;

import crosscut.engine.UserException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The jar on Maven Central that carries all three libraries: the JavaCPP presets' redistribution of CUDA 12.6, the last one in a single file. Newer ones come in
 * several, which {@code --jar} takes.
 */
final class MavenJar {

    static final String ARTIFACT = "org.bytedeco:cuda:12.6-9.5-1.5.11:jar:linux-x86_64-redist";

    /** Size of the download, to say it before it begins. */
    static final long BYTE_SIZE = 2_027_000_000L;

    /** Size of what is wanted of it. */
    static final long UNPACKED_BYTE_SIZE = 811_000_000L;

    private static final String PATH = "org/bytedeco/cuda/12.6-9.5-1.5.11/cuda-12.6-9.5-1.5.11-linux-x86_64-redist.jar";
    private static final String DOWNLOADS = "download";

    private final Path userHome;
    private final String maven;

    /**
     * A way to the jar.
     *
     * @param maven the program to run
     */
    MavenJar(Path userHome, String maven) {
        this.userHome = userHome;
        this.maven = maven;
    }

    /** The jar in Maven's usual local repository, when somebody has downloaded it before. */
    Optional<Path> inLocalRepository() {
        return Optional.of(userHome.resolve(".m2/repository").resolve(PATH)).filter(Files::isRegularFile);
    }

    /**
     * Lets Maven download the jar, with its settings and mirrors, into a repository of its own below {@code folder}, so that it can be deleted afterwards. Maven
     * goes on where an interrupted download has stopped, and compares checksums.
     *
     * @throws UserException when Maven is missing or fails
     */
    Path download(Path folder, boolean isTerminal) {
        Path repository = folder.resolve(DOWNLOADS);
        List<String> command = new ArrayList<>(List.of(maven, "-C", "dependency:get", "-Dartifact=" + ARTIFACT, "-Dtransitive=false",
                "-Dmaven.repo.local=" + repository));
        if (!isTerminal) {
            // Maven shows how far a download is by rewriting a line; elsewhere it would print one for every file of its own.
            command.addAll(List.of("-B", "-q"));
        }
        ProcessBuilder process = new ProcessBuilder(command).directory(folder.toFile()).inheritIO();
        process.environment().putIfAbsent("JAVA_HOME", System.getProperty("java.home"));
        try {
            int status = process.start().waitFor();
            if (status != 0) {
                throw new UserException("Maven could not download " + ARTIFACT + " (exit status " + status + ", its lines stand above); run fetch-cuda again to go on, "
                        + "or give the jar by --jar");
            }
        } catch (IOException missing) {
            throw new UserException("cannot run " + maven + " to download " + ARTIFACT + ": " + missing.getMessage() + "; install Maven, or give the jar by --jar",
                    missing);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new UserException("fetch-cuda was interrupted", ended);
        }
        return repository.resolve(PATH);
    }

    /** Deletes what {@link #download} has left. */
    static void deleteDownloads(Path folder) {
        Path repository = folder.resolve(DOWNLOADS);
        if (!Files.isDirectory(repository)) {
            return;
        }
        try {
            Files.walkFileTree(repository, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, IOException failed) throws IOException {
                    Files.delete(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException failed) {
            throw new UserException("cannot delete the download in " + repository + ": " + failed.getMessage() + "; delete it yourself", failed);
        }
    }
}
