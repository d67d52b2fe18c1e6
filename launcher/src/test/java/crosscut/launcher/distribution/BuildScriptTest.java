package crosscut.launcher.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs a copy of {@code ./crosscut} in a made-up repository, with a Maven and a Java that only say that they were called. */
@Timeout(60)
class BuildScriptTest {

    private static final Path SCRIPT = Path.of("..", "crosscut");
    private static final String BUILDING = "crosscut: building Crosscut (first time: about a minute) ...\n";

    private record Outcome(int status, String out, String err) {
    }

    @TempDir
    private Path folder;

    private Path root;
    private Path source;

    @BeforeEach
    void makeRepository() throws IOException {
        root = Files.createDirectory(folder.resolve("repository of mine"));
        Files.copy(SCRIPT, root.resolve("crosscut"));
        Files.writeString(root.resolve("pom.xml"), "<project/>");
        Path sources = Files.createDirectories(root.resolve("engine/src/main/java"));
        source = Files.writeString(sources.resolve("A.java"), "class A {}");
        program(folder.resolve("bin/mvn"), """
                echo "mvn $*" >> "%1$s/mvn-calls"
                [ ! -f "%1$s/break" ] || { echo "[ERROR] A.java does not compile"; exit 1; }
                sleep 0.2
                mkdir -p "%2$s/launcher/target/crosscut"
                echo "Tests run: 1"
                touch "%2$s/launcher/target/crosscut/launcher.jar"
                """.formatted(folder, root));
        java("jdk", "25.0.3");
        program(folder.resolve("bin/id"), "echo 1000\n");
        age(root);
    }

    private void java(String name, String version) throws IOException {
        program(folder.resolve(name + "/bin/java"), "echo \"in $(pwd): java $*\"\n");
        program(folder.resolve(name + "/bin/javac"), "exit 1\n");
        Files.writeString(folder.resolve(name + "/release"), "JAVA_VERSION=\"" + version + "\"\n");
    }

    private static void program(Path file, String body) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /** All that is there was written an hour ago. */
    private static void age(Path root) throws IOException {
        try (var files = Files.walk(root)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(3600)));
            }
        }
    }

    private Process start(Path script, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_HOME"));
        builder.environment().put("CROSSCUT_JAVA_HOME", folder.resolve("jdk").toString());
        builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        return builder.start();
    }

    private Outcome finish(Process process) throws IOException, InterruptedException {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), out, err);
    }

    private Outcome run(String... arguments) throws IOException, InterruptedException {
        return finish(start(root.resolve("crosscut"), arguments));
    }

    private List<String> mavenCalls() throws IOException {
        Path calls = folder.resolve("mvn-calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    @Test
    void buildsOnceThenOnlyRunsWhereItWasCalled() throws IOException, InterruptedException {
        Outcome first = run("train", "--x", "a b");
        assertThat(first.err()).isEqualTo(BUILDING);
        assertThat(first.out()).isEqualTo("in " + folder + ": java -jar " + root + "/launcher/target/crosscut/launcher.jar train --x a b\n");
        assertThat(run("doctor").err()).isEmpty();
        assertThat(mavenCalls()).hasSize(1);
    }

    @Test
    void aChangedOrRemovedSourceOrPomIsStale() throws IOException, InterruptedException {
        run("build");
        age(root.resolve("launcher"));
        Files.setLastModifiedTime(root.resolve("launcher/target/crosscut/launcher.jar"), FileTime.from(Instant.now().minusSeconds(60)));
        assertThat(run("build").err()).isEmpty();
        Files.writeString(source, "class A { int changed; }");
        assertThat(run("build").err()).isEqualTo(BUILDING);
        assertThat(run("build").err()).isEmpty();
        Files.writeString(root.resolve("pom.xml"), "<project></project>");
        assertThat(run("build").err()).isEqualTo(BUILDING);
        Files.delete(source);
        assertThat(run("build").err()).isEqualTo(BUILDING);
        assertThat(run("build").err()).isEmpty();
    }

    @Test
    void worksThroughALink() throws IOException, InterruptedException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("repository of mine", "crosscut"));
        assertThat(finish(start(link, "doctor")).out()).contains(root + "/launcher/target/crosscut/launcher.jar doctor");
    }

    @Test
    void twoAtOnceBuildOnce() throws IOException, InterruptedException {
        Process first = start(root.resolve("crosscut"), "build");
        Process second = start(root.resolve("crosscut"), "build");
        assertThat(finish(first).status()).isZero();
        assertThat(finish(second).status()).isZero();
        assertThat(mavenCalls()).hasSize(1);
    }

    @Test
    void aFailedBuildShowsTheEndOfItsLogAndIsTriedAgain() throws IOException, InterruptedException {
        Files.createFile(folder.resolve("break"));
        Outcome failed = run("train");
        assertThat(failed.status()).isEqualTo(1);
        assertThat(failed.err()).startsWith(BUILDING).contains("[ERROR] A.java does not compile", "build.log");
        assertThat(failed.out()).isEmpty();
        Files.delete(folder.resolve("break"));
        assertThat(run("train").status()).isZero();
    }

    @Test
    void testIsMavensVerifyWithItsOutputAndStatus() throws IOException, InterruptedException {
        Outcome passed = run("test", "-pl", "engine");
        assertThat(passed.out()).contains("Tests run: 1");
        assertThat(mavenCalls().getLast()).endsWith("-pl engine verify");
        Files.createFile(folder.resolve("break"));
        assertThat(run("test").status()).isEqualTo(1);
    }

    @Test
    void withoutMavenOneLineSaysWhatToInstall() throws IOException, InterruptedException {
        Path tools = folder.resolve("tools");
        for (String tool : List.of("sh", "dirname", "readlink", "sed", "find", "head", "grep", "mktemp", "mkdir", "rm", "touch", "tail", "flock")) {
            program(tools.resolve(tool), "PATH=/usr/bin:/bin exec " + tool + " \"$@\"\n");
        }
        program(tools.resolve("id"), "echo 1000\n");
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", root.resolve("crosscut").toString(), "train").directory(folder.toFile());
        builder.environment().put("PATH", tools.toString());
        builder.environment().put("CROSSCUT_JAVA_HOME", folder.resolve("jdk").toString());
        Outcome outcome = finish(builder.start());
        assertThat(outcome.err()).startsWith("crosscut: needs Maven 3.8 or newer").contains("apt-get install maven").hasLineCount(1);
        assertThat(outcome.status()).isEqualTo(1);
    }

    @Test
    void theScriptsAreValidShell() throws IOException, InterruptedException {
        for (String script : List.of("../crosscut", "../.ci/run")) {
            assertThat(finish(new ProcessBuilder("sh", "-n", script).start())).as(script).isEqualTo(new Outcome(0, "", ""));
        }
    }
}
