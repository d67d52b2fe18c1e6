package crosscut.simulator.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Loading PTX, functions and their properties. */
class ModuleTest {

    private static final int ERROR_LOG = 5;
    private static final int ERROR_LOG_BYTES = 6;
    private static final int LOG_BYTES = 200;
    private static final String PTX = """
            .version 7.2
            .target sm_80
            .address_size 64
            .visible .entry nothing(
            	.param .u64 nothing_param_0,
            	.param .u32 nothing_param_1
            )
            .maxntid 128, 1, 1
            {
            	ret;
            }
            """;

    private static MemorySegment log(DriverFixture driver, String image, int expectedStatus) {
        MemorySegment options = driver.calls.bytes(8);
        MemorySegment values = driver.calls.bytes(16);
        MemorySegment log = driver.calls.bytes(LOG_BYTES);
        options.setAtIndex(ValueLayout.JAVA_INT, 0, ERROR_LOG);
        options.setAtIndex(ValueLayout.JAVA_INT, 1, ERROR_LOG_BYTES);
        values.setAtIndex(ValueLayout.ADDRESS, 0, log);
        values.setAtIndex(ValueLayout.JAVA_LONG, 1, LOG_BYTES);
        assertThat(driver.calls.status("cuModuleLoadDataEx", driver.calls.cell(), driver.calls.text(image), 2, options, values)).isEqualTo(expectedStatus);
        return log;
    }

    private static long load(DriverFixture driver, String image) {
        return driver.calls.make("cuModuleLoadDataEx", driver.calls.text(image), 0, MemorySegment.NULL, MemorySegment.NULL);
    }

    @Test
    void errorsOfPtxAreInTheLogWithTheirLine() {
        try (DriverFixture driver = new DriverFixture()) {
            assertThat(log(driver, PTX, 0).getString(0)).isEmpty();
            assertThat(log(driver, PTX.replace("ret;", "ret"), 218).getString(0)).contains("line 1");
            assertThat(log(driver, PTX.replace("sm_80", "sm_90"), 218).getString(0)).contains("sm_90 > sm_80");
            assertThat(log(driver, "", 200).getString(0)).isEmpty();
            assertThat(log(driver, "\u007fELF", 209).getString(0)).isEmpty();
        }
    }

    @Test
    void functionsAreFoundInTheirModule() {
        try (DriverFixture driver = new DriverFixture()) {
            long module = load(driver, PTX);
            long function = driver.calls.make("cuModuleGetFunction", module, driver.calls.text("nothing"));
            assertThat(driver.calls.make("cuModuleGetFunction", module, driver.calls.text("nothing"))).isEqualTo(function);
            assertThat(driver.calls.status("cuModuleGetFunction", driver.calls.cell(), module, driver.calls.text("something"))).isEqualTo(500);
            assertThat(driver.cuda.lastError().orElseThrow()).contains("the module has no kernel something; it has [nothing]");
            driver.calls.succeed("cuModuleUnload", module);
            assertThat(driver.calls.status("cuFuncSetAttribute", function, 8, 0)).isEqualTo(400);
        }
    }

    @Test
    void functionsKnowTheirLimits() {
        try (DriverFixture driver = new DriverFixture()) {
            long function = driver.calls.make("cuModuleGetFunction", load(driver, PTX), driver.calls.text("nothing"));
            assertThat((int) driver.calls.make("cuFuncGetAttribute", 0, function)).isEqualTo(128);
            assertThat((int) driver.calls.make("cuFuncGetAttribute", 8, function)).isEqualTo(48 << 10);
            assertThat(driver.calls.status("cuFuncSetAttribute", function, 8, 164 << 10)).isEqualTo(1);
            driver.calls.succeed("cuFuncSetAttribute", function, 8, 100 << 10);
            assertThat((int) driver.calls.make("cuOccupancyMaxActiveBlocksPerMultiprocessor", function, 128, 0L)).isEqualTo(16);
            assertThat((int) driver.calls.make("cuOccupancyMaxActiveBlocksPerMultiprocessor", function, 128, 100L << 10)).isEqualTo(1);
            assertThat((int) driver.calls.make("cuOccupancyMaxActiveBlocksPerMultiprocessor", function, 256, 0L)).isZero();
        }
    }

    @Test
    void launchesThatNoGpuTakesAreRefused() {
        try (DriverFixture driver = new DriverFixture()) {
            long function = driver.calls.make("cuModuleGetFunction", load(driver, PTX), driver.calls.text("nothing"));
            MemorySegment arguments = arguments(driver);
            assertThat(launch(driver, function, 0, 32, 0, arguments)).isEqualTo(1);
            assertThat(launch(driver, function, 1, 2048, 0, arguments)).isEqualTo(1);
            assertThat(launch(driver, function, 1, 256, 0, arguments)).isEqualTo(701);
            assertThat(launch(driver, function, 1, 32, 49 << 10, arguments)).isEqualTo(1);
            assertThat(launch(driver, function, 1, 32, 0, MemorySegment.NULL)).isEqualTo(1);
            arguments.setAtIndex(ValueLayout.JAVA_LONG, 1, 0x20);
            assertThat(launch(driver, function, 1, 32, 0, arguments)).isEqualTo(1);
            assertThat(driver.cuda.lastError().orElseThrow())
                    .contains("kernelParams[1] of nothing is 0x20, where the process cannot read 4 bytes; the kernel has 2 parameters");
        }
    }

    private static MemorySegment arguments(DriverFixture driver) {
        MemorySegment arguments = driver.calls.bytes(16);
        arguments.setAtIndex(ValueLayout.ADDRESS, 0, driver.calls.cell());
        arguments.setAtIndex(ValueLayout.ADDRESS, 1, driver.calls.cell());
        return arguments;
    }

    private static int launch(DriverFixture driver, long function, int blocks, int threads, int sharedBytes, MemorySegment arguments) {
        return driver.calls.status("cuLaunchKernel", function, blocks, 1, 1, threads, 1, 1, sharedBytes, 0L, arguments, MemorySegment.NULL);
    }
}
