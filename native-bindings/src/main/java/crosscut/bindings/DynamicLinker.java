package crosscut.bindings;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The system's dynamic linker. {@link SymbolLookup#libraryLookup(String, Arena)} says only that a library cannot be opened; dlopen and dlerror say why, for
 * instance which dependency is missing.
 */
@SuppressWarnings("restricted")
public final class DynamicLinker implements LibraryOpener {

    /** RTLD_NOW of dlfcn.h: resolve everything now, so that a missing symbol shows here and not in the middle of a step. */
    private static final int RESOLVE_NOW = 2;

    private static final MethodHandle DLOPEN = bind("dlopen", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final MethodHandle DLSYM = bind("dlsym", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
    private static final MethodHandle DLERROR = bind("dlerror", FunctionDescriptor.of(ValueLayout.ADDRESS));

    /** A handle, or null where the system has no such function. */
    private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup().find(name).map(address -> linker.downcallHandle(address, descriptor)).orElse(null);
    }

    @Override
    public SymbolLookup open(String fileName) throws IOException {
        if (DLOPEN == null || DLSYM == null || DLERROR == null) {
            throw new IOException(System.getProperty("os.name") + " has no dlopen; native libraries are used on Linux only");
        }
        try (Arena arena = Arena.ofConfined()) {
            long library = (long) DLOPEN.invokeExact(arena.allocateFrom(fileName), RESOLVE_NOW);
            if (library == 0) {
                MemorySegment text = (MemorySegment) DLERROR.invokeExact();
                String reason = text.equals(MemorySegment.NULL) ? fileName + " cannot be opened" : text.reinterpret(Long.MAX_VALUE).getString(0);
                throw new IOException(ForeignElf.reason(Path.of(fileName)).orElse(reason));
            }
            return name -> symbol(library, name);
        } catch (IOException | RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    private static Optional<MemorySegment> symbol(long library, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = (MemorySegment) DLSYM.invokeExact(library, arena.allocateFrom(name));
            return address.equals(MemorySegment.NULL) ? Optional.empty() : Optional.of(address);
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }
}
