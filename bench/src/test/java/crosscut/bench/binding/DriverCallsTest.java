package crosscut.bench.binding;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.bindings.LibraryLoader;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Every way of calling the CUDA driver brings back the same, where there is one. */
class DriverCallsTest {

    @Test
    void allWaysReadTheVersion() throws Throwable {
        Optional<String> obstacle = DriverCalls.obstacle(new LibraryLoader());
        Assumptions.assumeTrue(obstacle.isEmpty(), () -> "libcuda.so.1 cannot be called on this machine: " + obstacle.orElseThrow());
        int version = new DriverCalls(new LibraryLoader()).versionByOurBinding();
        assertThat(version).isGreaterThanOrEqualTo(12_000);
        // An instance for each: what one way left in an array or in memory must not answer for the next.
        assertThat(new DriverCalls(new LibraryLoader()).versionByJCuda()).isEqualTo(version);
        assertThat(new DriverCalls(new LibraryLoader()).versionByFfm()).isEqualTo(version);
        assertThat(new DriverCalls(new LibraryLoader()).versionByFfmCritical()).isEqualTo(version);
        assertThat(new DriverCalls(new LibraryLoader()).versionByFfmCriticalHeap()).isEqualTo(version);
    }

    @Test
    void withoutADriverTheObstacleNamesItsLibrary() {
        LibraryLoader nothing = new LibraryLoader(file -> {
            throw new IOException(file + ": no such library here");
        }, _ -> null);
        assertThat(DriverCalls.obstacle(nothing)).hasValueSatisfying(line -> assertThat(line).contains("libcuda.so.1").hasLineCount(1));
    }
}
