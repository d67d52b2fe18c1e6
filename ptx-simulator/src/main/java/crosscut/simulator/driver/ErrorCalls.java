package crosscut.simulator.driver;

import static crosscut.simulator.driver.DriverException.require;
import static crosscut.simulator.upcall.UpcallSymbols.status;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import crosscut.simulator.upcall.CallerMemory;
import crosscut.simulator.upcall.UpcallSymbols;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Names and texts of statuses, addresses of functions, and functions that the simulator has no use for but a caller may ask for. */
final class ErrorCalls {

    private static final int FOUND = 0;
    private static final int SYMBOL_NOT_FOUND = 1;

    private final DriverState driver;
    private final UpcallSymbols symbols;
    private final Map<String, MemorySegment> texts = new HashMap<>();
    private final Arena arena = Arena.ofAuto();

    ErrorCalls(DriverState driver, UpcallSymbols symbols) {
        this.driver = driver;
        this.symbols = symbols;
    }

    void add() {
        MethodHandles.Lookup here = MethodHandles.lookup();
        symbols.add(here, this, "cuGetErrorName", "errorName", status(JAVA_INT, ADDRESS))
                .add(here, this, "cuGetErrorString", "errorText", status(JAVA_INT, ADDRESS))
                .add(here, this, "cuGetProcAddress_v2", "procedureAddress", status(ADDRESS, ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS));
    }

    private int errorName(int status, MemorySegment text) {
        return driver.gate.callUninitialised("cuGetErrorName", () -> giveText(text, DriverStatus.of(status).map(DriverStatus::symbol), status));
    }

    private int errorText(int status, MemorySegment text) {
        return driver.gate.callUninitialised("cuGetErrorString", () -> giveText(text, DriverStatus.of(status).map(DriverStatus::text), status));
    }

    private void giveText(MemorySegment target, Optional<String> text, int status) {
        CallerMemory.writeLong(target, text.map(found -> texts.computeIfAbsent(found, arena::allocateFrom).address()).orElse(0L), "pStr");
        require(text.isPresent(), DriverStatus.INVALID_VALUE, status + " is no status of the simulated driver");
    }

    private int procedureAddress(MemorySegment name, MemorySegment address, int version, long flags, MemorySegment found) {
        return driver.gate.callUninitialised("cuGetProcAddress_v2", () -> {
            String symbol = CallerMemory.readText(name, "symbol");
            Optional<MemorySegment> stub = symbols.find(symbol + "_v2").or(() -> symbols.find(symbol));
            CallerMemory.writeLong(address, stub.map(MemorySegment::address).orElse(0L), "pfn");
            if (found.address() != 0) {
                CallerMemory.writeInt(found, stub.isPresent() ? FOUND : SYMBOL_NOT_FOUND, "symbolStatus");
            }
            require(stub.isPresent(), DriverStatus.NOT_FOUND, "the simulated driver has no " + symbol);
        });
    }
}
