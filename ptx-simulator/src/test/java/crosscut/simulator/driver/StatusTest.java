package crosscut.simulator.driver;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.simulator.check.FindingKind;
import crosscut.simulator.SimulatorOptions;
import crosscut.simulator.upcall.NativeCaller;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Statuses that a driver returns for wrong calls. */
@SuppressWarnings("restricted")
class StatusTest {

    private static final int INVALID_VALUE = 1;
    private static final int INVALID_HANDLE = 400;

    @Test
    void callsBeforeInitialisationAndWithoutContextAreRefused() {
        try (SimulatedCuda cuda = new SimulatedCuda(SimulatorOptions.defaults())) {
            NativeCaller calls = new NativeCaller(cuda, cuda.descriptors());
            assertThat(calls.status("cuDeviceGetCount", calls.cell())).isEqualTo(3);
            calls.succeed("cuInit", 0);
            assertThat(calls.status("cuMemAlloc_v2", calls.cell(), 4L)).isEqualTo(201);
            assertThat(calls.status("cuDeviceGet", calls.cell(), 1)).isEqualTo(101);
            assertThat(calls.status("cuInit", 1)).isEqualTo(INVALID_VALUE);
        }
    }

    @Test
    void everyThreadNeedsItsCurrentContext() {
        try (DriverFixture driver = new DriverFixture()) {
            assertThat(CompletableFuture.supplyAsync(() -> driver.calls.status("cuCtxSynchronize")).join()).isEqualTo(201);
            assertThat(driver.cuda.lastError().orElseThrow()).contains("has to call cuCtxSetCurrent first");
        }
    }

    @Test
    void theDeviceSaysWhatItIs() {
        try (DriverFixture driver = new DriverFixture()) {
            MemorySegment name = driver.calls.bytes(64);
            driver.calls.succeed("cuDeviceGetName", name, 64, 0);
            assertThat(name.getString(0)).isEqualTo("Crosscut PTX simulator");
            MemorySegment value = driver.calls.cell();
            driver.calls.succeed("cuDeviceGetAttribute", value, 75, 0);
            assertThat(value.get(ValueLayout.JAVA_INT, 0)).isEqualTo(8);
            driver.calls.succeed("cuDriverGetVersion", value);
            assertThat(value.get(ValueLayout.JAVA_INT, 0)).isEqualTo(13000);
            assertThat(driver.calls.status("cuDeviceGetAttribute", value, 0, 0)).isEqualTo(INVALID_VALUE);
        }
    }

    @Test
    void memoryRunsOut() {
        try (DriverFixture driver = new DriverFixture(new SimulatedDevice(1, 1000, 0))) {
            long half = driver.allocate(500);
            assertThat(driver.calls.status("cuMemAlloc_v2", driver.calls.cell(), 501L)).isEqualTo(2);
            assertThat(driver.cuda.lastError().orElseThrow()).contains("501 bytes do not fit into the 500 that are free of 1000");
            driver.calls.succeed("cuMemFree_v2", half);
            driver.allocate(1000);
            MemorySegment free = driver.calls.cell();
            driver.calls.succeed("cuMemGetInfo_v2", free, driver.calls.cell());
            assertThat(free.get(ValueLayout.JAVA_LONG, 0)).isZero();
        }
    }

    @Test
    void wrongMemoryIsRefused() {
        try (DriverFixture driver = new DriverFixture()) {
            long buffer = driver.allocate(16);
            assertThat(driver.calls.status("cuMemAlloc_v2", driver.calls.cell(), 0L)).isEqualTo(INVALID_VALUE);
            assertThat(driver.calls.status("cuMemFree_v2", buffer + 4)).isEqualTo(INVALID_VALUE);
            assertThat(driver.calls.status("cuMemcpyHtoD_v2", buffer, driver.calls.bytes(32), 32L)).isEqualTo(INVALID_VALUE);
            assertThat(driver.calls.status("cuMemsetD32Async", buffer + 2, 0, 1L, 0L)).isEqualTo(INVALID_VALUE);
            assertThat(driver.calls.status("cuMemFreeHost", driver.calls.cell())).isEqualTo(INVALID_VALUE);
            driver.calls.succeed("cuMemFree_v2", buffer);
            assertThat(driver.calls.status("cuMemFree_v2", buffer)).isEqualTo(INVALID_VALUE);
        }
    }

    @Test
    void wildHostPointersDoNotEndTheProcess() {
        try (DriverFixture driver = new DriverFixture()) {
            MemorySegment wild = MemorySegment.ofAddress(0x10);
            long buffer = driver.allocate(16);
            assertThat(driver.calls.status("cuMemAlloc_v2", wild, 4L)).isEqualTo(INVALID_VALUE);
            assertThat(driver.cuda.lastError().orElseThrow()).contains("dptr is 0x10, where the process cannot write 8 bytes");
            assertThat(driver.calls.status("cuMemcpyHtoD_v2", buffer, wild, 16L)).isEqualTo(INVALID_VALUE);
            assertThat(driver.calls.status("cuMemGetInfo_v2", MemorySegment.NULL, driver.calls.cell())).isEqualTo(INVALID_VALUE);
        }
    }

    @Test
    void handlesOfSomethingElseOrDestroyedAreRefused() {
        try (DriverFixture driver = new DriverFixture()) {
            long stream = driver.stream();
            assertThat(driver.calls.status("cuEventRecord", stream, 0L)).isEqualTo(INVALID_HANDLE);
            driver.calls.succeed("cuStreamDestroy_v2", stream);
            assertThat(driver.calls.status("cuStreamSynchronize", stream)).isEqualTo(INVALID_HANDLE);
            assertThat(driver.cuda.lastError().orElseThrow()).endsWith("is a stream that was destroyed");
            assertThat(driver.calls.status("cuGraphLaunch", 42L, 0L)).isEqualTo(INVALID_HANDLE);
        }
    }

    @Test
    void statusesHaveNamesAndTexts() {
        try (DriverFixture driver = new DriverFixture()) {
            MemorySegment text = driver.calls.cell();
            driver.calls.succeed("cuGetErrorName", 700, text);
            assertThat(text(text)).isEqualTo("CUDA_ERROR_ILLEGAL_ADDRESS");
            driver.calls.succeed("cuGetErrorString", 2, text);
            assertThat(text(text)).isEqualTo("out of memory");
            assertThat(driver.calls.status("cuGetErrorName", 12345, text)).isEqualTo(INVALID_VALUE);
        }
    }

    private static String text(MemorySegment pointer) {
        return MemorySegment.ofAddress(pointer.get(ValueLayout.JAVA_LONG, 0)).reinterpret(200).getString(0);
    }

    @Test
    void functionsAreFoundByName() {
        try (DriverFixture driver = new DriverFixture()) {
            MemorySegment address = driver.calls.cell();
            driver.calls.succeed("cuGetProcAddress_v2", driver.calls.text("cuMemAlloc"), address, 13000, 0L, MemorySegment.NULL);
            assertThat(address.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(driver.cuda.find("cuMemAlloc_v2").orElseThrow().address());
            assertThat(driver.calls.status("cuGetProcAddress_v2", driver.calls.text("cuNothing"), address, 13000, 0L, MemorySegment.NULL)).isEqualTo(500);
        }
    }

    @Test
    void pinnedMemoryIsRegisteredOnce() {
        try (DriverFixture driver = new DriverFixture()) {
            MemorySegment memory = driver.calls.bytes(4096);
            driver.calls.succeed("cuMemHostRegister_v2", memory, 4096L, 0);
            assertThat(driver.calls.status("cuMemHostRegister_v2", memory.asSlice(64), 64L, 0)).isEqualTo(712);
            driver.calls.make("cuMemHostGetDevicePointer_v2", memory.asSlice(64), 0);
            driver.calls.succeed("cuMemHostUnregister", memory);
            assertThat(driver.calls.status("cuMemHostUnregister", memory)).isEqualTo(713);
        }
    }

    @Test
    void whatIsNotFreedIsReportedAtTheEnd() {
        DriverFixture driver = new DriverFixture();
        driver.allocate(4);
        driver.stream();
        driver.event();
        driver.pinned(4);
        driver.close();
        assertThat(Findings.of(driver.cuda, FindingKind.LEAK)).hasSize(5);
        assertThat(driver.calls.status("cuInit", 0)).isEqualTo(4);
    }

    @Test
    void timeGoesOnBetweenEvents() {
        try (DriverFixture driver = new DriverFixture()) {
            long first = driver.calls.make("cuEventCreate", 0);
            long last = driver.calls.make("cuEventCreate", 0);
            MemorySegment milliseconds = driver.calls.cell();
            assertThat(driver.calls.status("cuEventElapsedTime_v2", milliseconds, first, last)).isEqualTo(INVALID_HANDLE);
            driver.calls.succeed("cuEventRecord", first, 0L);
            driver.calls.succeed("cuEventRecord", last, 0L);
            driver.calls.succeed("cuEventSynchronize", last);
            driver.calls.succeed("cuEventElapsedTime_v2", milliseconds, first, last);
            assertThat(milliseconds.get(ValueLayout.JAVA_FLOAT, 0)).isNotNegative();
            assertThat(driver.calls.status("cuEventElapsedTime_v2", milliseconds, first, driver.event())).isEqualTo(INVALID_HANDLE);
        }
    }
}
