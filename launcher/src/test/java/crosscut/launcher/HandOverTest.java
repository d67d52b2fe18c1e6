package crosscut.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Needs a Java older than 25 on the machine; the installation folders of Linux distributions are looked at. */
@Timeout(60)
class HandOverTest {

    private record Outcome(int status, String out, String err) {
    }

    private static String oldJava() {
        File[] homes = new File("/usr/lib/jvm").listFiles();
        for (File home : homes == null ? new File[0] : homes) {
            JavaInstallation java = JavaInstallation.in(home);
            if (java != null && java.featureVersion() < 25) {
                return java.executable().getPath();
            }
        }
        return abort("no Java older than 25 in /usr/lib/jvm to try the hand-over with");
    }

    private static Outcome run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(oldJava(), "-cp", System.getProperty("java.class.path"), "crosscut.launcher.Main"));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeAll(List.of("CROSSCUT_JAVA_HOME", "JAVA_HOME", "JDK_JAVA_OPTIONS"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), out, err);
    }

    @Test
    void anOldJavaHandsOverWithArgumentsOutputAndStatus() throws IOException, InterruptedException {
        Map<String, String> thisJava = Map.of("CROSSCUT_JAVA_HOME", Path.of(System.getProperty("java.home")).toString());
        Outcome version = run(thisJava, "--version");
        assertThat(version.status()).isZero();
        assertThat(version.out()).startsWith("Crosscut ").contains("Java " + Runtime.version());
        assertThat(version.err()).isEmpty();
        Outcome wrong = run(thisJava, "a b");
        assertThat(wrong.status()).isEqualTo(2);
        assertThat(wrong.err()).startsWith("crosscut: unknown command 'a b'").hasLineCount(1);
    }
}
