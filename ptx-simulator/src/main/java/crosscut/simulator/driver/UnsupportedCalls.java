package crosscut.simulator.driver;

import static crosscut.simulator.upcall.UpcallSymbols.status;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import crosscut.simulator.upcall.UpcallSymbols;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Functions that a driver has and the simulator does not: they are there, and answer that the operation is not supported. */
final class UnsupportedCalls {

    private static final int HANDLE_BYTES = 64;

    private final DriverState driver;

    UnsupportedCalls(DriverState driver) {
        this.driver = driver;
    }

    void addTo(UpcallSymbols symbols) {
        MemoryLayout handle = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(HANDLE_BYTES, ValueLayout.JAVA_BYTE));
        add(symbols, "cuLinkCreate_v2", status(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
        add(symbols, "cuLinkAddData_v2", status(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_INT, ADDRESS, ADDRESS));
        add(symbols, "cuLinkComplete", status(JAVA_LONG, ADDRESS, ADDRESS));
        add(symbols, "cuLinkDestroy", status(JAVA_LONG));
        add(symbols, "cuGraphExecUpdate_v2", status(JAVA_LONG, JAVA_LONG, ADDRESS));
        add(symbols, "cuIpcGetMemHandle", status(ADDRESS, JAVA_LONG));
        add(symbols, "cuIpcOpenMemHandle_v2", status(ADDRESS, handle, JAVA_INT));
        add(symbols, "cuIpcCloseMemHandle", status(JAVA_LONG));
        add(symbols, "cuTensorMapEncodeTiled",
                status(ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    }

    private void add(UpcallSymbols symbols, String name, FunctionDescriptor descriptor) {
        symbols.add(name, descriptor, MethodHandles.dropArguments(refusal(name), 0, descriptor.toMethodType().parameterList()));
    }

    private MethodHandle refusal(String name) {
        try {
            MethodHandle refuse = MethodHandles.lookup().bind(this, "refuse", MethodType.methodType(int.class, String.class));
            return MethodHandles.insertArguments(refuse, 0, name);
        } catch (NoSuchMethodException | IllegalAccessException thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    private int refuse(String name) {
        return driver.gate.callWithoutContext(name, () -> {
            throw new DriverException(DriverStatus.NOT_SUPPORTED, "the simulator has no " + name);
        });
    }
}
