package crosscut.kernels.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnedResourcesTest {

    private final List<String> closed = new ArrayList<>();
    private final OwnedResources resources = new OwnedResources();

    /** Not a record: two of the same name are two resources. */
    private final class Resource implements AutoCloseable {

        private final String name;
        private final boolean fails;

        Resource(String name, boolean fails) {
            this.name = name;
            this.fails = fails;
        }

        @Override
        public void close() {
            if (resources.forget(this)) {
                closed.add(name);
                if (fails) {
                    throw new IllegalStateException(name);
                }
            }
        }
    }

    @Test
    void theNewestGoesFirstAndNothingTwice() {
        resources.keep(new Resource("module", false));
        Resource stream = resources.keep(new Resource("stream", false));
        resources.keep(new Resource("graph", false));
        stream.close();
        resources.close();
        resources.close();
        assertThat(closed).containsExactly("stream", "graph", "module");
    }

    @Test
    void failuresKeepNothingOpen() {
        resources.keep(new Resource("module", true));
        resources.keep(new Resource("stream", false));
        resources.keep(new Resource("graph", true));
        assertThatIllegalStateException().isThrownBy(resources::close).withMessage("graph")
                .satisfies(failure -> assertThat(failure.getSuppressed()).extracting(Throwable::getMessage).containsExactly("module"));
        assertThat(closed).containsExactly("graph", "stream", "module");
    }

    @Test
    void whatFailedFirstIsWhatIsReported() {
        resources.keep(new Resource("module", false));
        resources.keep(new Resource("stream", true));
        IllegalArgumentException failure = new IllegalArgumentException("no memory for the graph");
        resources.closeAfter(failure);
        assertThat(closed).containsExactly("stream", "module");
        assertThat(failure.getSuppressed()).extracting(Throwable::getMessage).containsExactly("stream");
    }
}
