package crosscut.simulator.driver;

import static crosscut.simulator.driver.DriverException.require;
import static crosscut.simulator.upcall.UpcallSymbols.status;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import crosscut.simulator.program.PtxKernel;
import crosscut.simulator.program.PtxModule;
import crosscut.simulator.program.PtxVariable;
import crosscut.simulator.upcall.CallerMemory;
import crosscut.simulator.upcall.UpcallSymbols;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;

/** Modules of PTX and their functions. */
final class ModuleCalls {

    private static final int INFORMATION_LOG = 3;
    private static final int INFORMATION_LOG_BYTES = 4;
    private static final int ERROR_LOG = 5;
    private static final int ERROR_LOG_BYTES = 6;

    private final DriverState driver;

    ModuleCalls(DriverState driver) {
        this.driver = driver;
    }

    void addTo(UpcallSymbols symbols) {
        MethodHandles.Lookup here = MethodHandles.lookup();
        symbols.add(here, this, "cuModuleLoadDataEx", "load", status(ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS))
                .add(here, this, "cuModuleUnload", "unload", status(JAVA_LONG))
                .add(here, this, "cuModuleGetFunction", "function", status(ADDRESS, JAVA_LONG, ADDRESS))
                .add(here, this, "cuModuleGetGlobal_v2", "global", status(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    }

    private int load(MemorySegment module, MemorySegment image, int optionCount, MemorySegment options, MemorySegment values) {
        return driver.gate.call("cuModuleLoadDataEx", () -> {
            driver.captureRules.requireSafe("cuModuleLoadDataEx");
            String text = CallerMemory.readText(image, "image");
            PtxImage read = PtxImage.read(text, driver.simulator);
            writeLogs(read.log(), optionCount, options, values);
            require(read.module() != null, read.status(), read.log().isEmpty() ? "the image is no PTX" : read.log());
            CallerMemory.writeLong(module, driver.modules.add(new LoadedModule(read.module(), text)), "module");
        });
    }

    /** Fills the log buffers that the options name; the sizes are set to what was used. */
    private static void writeLogs(String problem, int optionCount, MemorySegment options, MemorySegment values) {
        MemorySegment error = MemorySegment.NULL;
        MemorySegment errorBytes = MemorySegment.NULL;
        for (int index = 0; index < optionCount; index++) {
            int option = CallerMemory.readInt(MemorySegment.ofAddress(options.address() + (long) index * Integer.BYTES), "options[" + index + "]");
            MemorySegment value = MemorySegment.ofAddress(values.address() + (long) index * Long.BYTES);
            switch (option) {
                case ERROR_LOG -> error = MemorySegment.ofAddress(CallerMemory.readLong(value, "optionValues[" + index + "]"));
                case ERROR_LOG_BYTES -> errorBytes = value;
                case INFORMATION_LOG_BYTES -> CallerMemory.writeLong(value, 0, "optionValues[" + index + "]");
                case INFORMATION_LOG -> CallerMemory.writeText(MemorySegment.ofAddress(CallerMemory.readLong(value, "optionValues[" + index + "]")), 1, "",
                        "CU_JIT_INFO_LOG_BUFFER");
                default -> require(option >= 0 && option <= 36, DriverStatus.INVALID_VALUE, option + " is no CUjit_option");
            }
        }
        if (errorBytes.address() != 0 && error.address() != 0) {
            int capacity = CallerMemory.readInt(errorBytes, "CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES");
            CallerMemory.writeText(error, capacity, problem, "CU_JIT_ERROR_LOG_BUFFER");
            CallerMemory.writeLong(errorBytes, problem.isEmpty() ? 0 : Math.min(capacity, problem.length() + 1), "CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES");
        }
    }

    private int unload(long module) {
        return driver.gate.call("cuModuleUnload", () -> {
            LoadedModule unloaded = driver.modules.remove(module);
            unloaded.functions().values().forEach(driver.functions::remove);
            driver.simulator.unload(unloaded.program());
        });
    }

    private int function(MemorySegment function, long handle, MemorySegment name) {
        return driver.gate.call("cuModuleGetFunction", () -> {
            LoadedModule module = driver.modules.get(handle);
            String wanted = CallerMemory.readText(name, "name");
            PtxKernel kernel = module.program().find(wanted)
                    .orElseThrow(() -> new DriverException(DriverStatus.NOT_FOUND, "the module has no kernel " + wanted + "; it has "
                            + module.program().kernelNames()));
            long made = module.functions().computeIfAbsent(wanted, missing -> driver.functions.add(new LoadedFunction(kernel, module.text())));
            CallerMemory.writeLong(function, made, "hfunc");
        });
    }

    private int global(MemorySegment address, MemorySegment bytes, long module, MemorySegment name) {
        return driver.gate.call("cuModuleGetGlobal_v2", () -> {
            PtxModule program = driver.modules.get(module).program();
            String wanted = CallerMemory.readText(name, "name");
            PtxVariable variable = program.variables().stream().filter(declared -> declared.name().equals(wanted)).findFirst()
                    .orElseThrow(() -> new DriverException(DriverStatus.NOT_FOUND, "the module has no variable " + wanted));
            if (address.address() != 0) {
                CallerMemory.writeLong(address, driver.simulator.variablesOf(program) + variable.byteOffset(), "dptr");
            }
            if (bytes.address() != 0) {
                CallerMemory.writeLong(bytes, variable.byteSize(), "bytes");
            }
        });
    }
}
