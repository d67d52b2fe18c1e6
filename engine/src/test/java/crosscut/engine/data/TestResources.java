package crosscut.engine.data;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** Files that NVIDIA's tools wrote, carried in the test resources. */
public final class TestResources {

    private TestResources() {
    }

    public static Path nvidia(String path) {
        try {
            return Path.of(TestResources.class.getResource("/nvidia_tf_raw/" + path).toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
