package crosscut.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavaSearchTest {

    /** Newer than any that the machine may have, so that only the made-up homes count. */
    private static final int FUTURE = 900;

    @TempDir
    private Path folder;

    private Path java(String home, String version) throws IOException {
        Path bin = Files.createDirectories(folder.resolve(home).resolve("bin"));
        assertThat(Files.createFile(bin.resolve("java")).toFile().setExecutable(true)).isTrue();
        Files.writeString(folder.resolve(home).resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return folder.resolve(home);
    }

    @ParameterizedTest
    @CsvSource({"1.8.0_402, 8", "17.0.15, 17", "25, 25", "26-ea, 26", "x, 0", "'', 0"})
    void readsVersions(String version, int feature) {
        assertThat(JavaInstallation.featureVersion(version)).isEqualTo(feature);
    }

    @Test
    void ourOwnVariableComesFirstAndTooOldOnesAreReported() throws IOException {
        Path ours = java("ours", "901");
        Path theirs = java("theirs", "902.0.1");
        Path old = java("old", "1.8.0_402");
        assertThat(new JavaSearch(Map.of("CROSSCUT_JAVA_HOME", ours.toString(), "JAVA_HOME", theirs.toString()), "/").find(FUTURE))
                .hasToString("Java 901 in " + ours);
        assertThat(new JavaSearch(Map.of("CROSSCUT_JAVA_HOME", old.toString(), "JAVA_HOME", theirs.toString()), "/").find(FUTURE))
                .hasToString("Java 902.0.1 in " + theirs);
        JavaSearch search = new JavaSearch(Map.of("CROSSCUT_JAVA_HOME", old.toString()), "/");
        assertThat(search.find(FUTURE)).isNull();
        assertThat(search.report()).contains("CROSSCUT_JAVA_HOME=" + old, "JAVA_HOME (not set)", "PATH", "/usr/lib/jvm", "Java 1.8.0_402 in " + old);
    }

    @Test
    void aLinkOnThePathLeadsToItsHome() throws IOException {
        Path home = java("home", "903");
        Path bin = Files.createDirectory(folder.resolve("links"));
        Files.createSymbolicLink(bin.resolve("java"), home.resolve("bin/java"));
        assertThat(new JavaSearch(Map.of("PATH", "/absent:" + bin), "/").find(FUTURE)).hasToString("Java 903 in " + home.toRealPath());
    }

    @Test
    void ofManyInAFolderTheNearestIsTaken() throws IOException {
        java("user/.sdkman/candidates/java/b", "905");
        Path nearest = java("user/.sdkman/candidates/java/c", "904");
        java("user/.jdks/d", "900");
        Files.createDirectories(folder.resolve("user/.sdkman/candidates/java/no-java-here"));
        assertThat(new JavaSearch(Map.of(), folder.resolve("user").toString()).find(FUTURE)).hasToString("Java 904 in " + nearest.toRealPath());
    }
}
