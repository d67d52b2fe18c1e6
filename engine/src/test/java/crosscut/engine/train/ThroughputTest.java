package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ThroughputTest {

    /** Two steps of warm-up that wait most of the time, then two of 10 ms of which one waits 2 ms, and 5 ms for what the device still had to do. */
    @Test
    void warmUpCountsInWindowsOnly() {
        Throughput throughput = new Throughput(100, 2);
        throughput.addStep(50_000_000, 45_000_000);
        throughput.addStep(50_000_000, 45_000_000);
        assertThat(throughput.windowWaitShare()).isEqualTo(0.9);
        assertThat(throughput.waitShare()).isNaN();
        throughput.startWindow();
        throughput.addStep(10_000_000, 2_000_000);
        throughput.addStep(10_000_000, 0);
        throughput.addWait(5_000_000);
        assertThat(throughput.windowWaitShare()).isEqualTo(0.08);
        assertThat(throughput.waitShare()).isEqualTo(0.08);
        assertThat(throughput.meanStepMilliseconds()).isEqualTo(12.5);
        assertThat(throughput.samplesPerSecond()).isEqualTo(8000);
    }

    @Test
    void theShareOfARunIsThatOfAllItsWindows() {
        Throughput throughput = new Throughput(1, 0);
        throughput.addStep(1000, 500);
        throughput.startWindow();
        throughput.addStep(3000, 0);
        assertThat(throughput.windowWaitShare()).isZero();
        assertThat(throughput.waitShare()).isEqualTo(0.125);
    }
}
