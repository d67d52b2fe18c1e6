package crosscut.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The Python side of the race, as far as it goes without PyTorch. */
class PeersTest {

    @Test
    void readsCheckpointsAndDataSets() throws IOException, InterruptedException {
        assumeTrue(status("python3", "--version") == 0, "no python3");
        Process tests = start("python3", "-B", "-m", "unittest", "-q");
        String output = new String(tests.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(tests.waitFor()).as(output).isZero();
        assertThat(output).contains("OK");
    }

    @Test
    void everyScriptIsWellFormed() throws IOException, InterruptedException {
        assumeTrue(status("python3", "--version") == 0, "no python3");
        assertThat(status("python3", "-B", "-c", "import ast; [ast.parse(open(name).read(), name) for name in ('race', 'dcnv2.py')]")).isZero();
        for (String script : new String[] {"../gpu/run", "../gpu/pack", "cpu-race"}) {
            assertThat(status("sh", "-n", script)).as(script).isZero();
        }
    }

    private static int status(String... command) throws InterruptedException {
        try {
            Process process = start(command);
            process.getInputStream().readAllBytes();
            return process.waitFor();
        } catch (IOException missing) {
            return -1;
        }
    }

    private static Process start(String... command) throws IOException {
        return new ProcessBuilder(command).directory(new File("peers")).redirectErrorStream(true).start();
    }
}
