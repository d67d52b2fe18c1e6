package crosscut.bindings.onednn;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The C functions that run in every step; they allocate nothing. A method handle depends on the signature alone and takes the function as its first argument:
 * so it can be static and final, which makes the call cheap, while the library is still chosen at run time.
 */
@SuppressWarnings("restricted")
final class StepCalls {

    private static final MethodHandle SET_THREADS = bind(FunctionDescriptor.ofVoid(JAVA_INT));
    private static final MethodHandle SET_DATA_HANDLE = bind(FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle EXECUTE = bind(FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG));
    private static final MethodHandle WAIT = bind(FunctionDescriptor.of(JAVA_INT, JAVA_LONG));

    private final MemorySegment setThreads;
    private final MemorySegment setDataHandle;
    private final MemorySegment execute;
    private final MemorySegment wait;

    StepCalls(SetupCalls library) {
        setThreads = library.find("omp_set_num_threads");
        setDataHandle = library.find("dnnl_memory_set_data_handle");
        execute = library.find("dnnl_primitive_execute");
        wait = library.find("dnnl_stream_wait");
    }

    private static MethodHandle bind(FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(descriptor);
    }

    void setThreadsOfCallingThread(int threads) {
        try {
            SET_THREADS.invokeExact(setThreads, threads);
        } catch (Throwable thrown) {
            throw mistaken("omp_set_num_threads", thrown);
        }
    }

    void setDataHandle(long memory, long address) {
        int status;
        try {
            status = (int) SET_DATA_HANDLE.invokeExact(setDataHandle, memory, address);
        } catch (Throwable thrown) {
            throw mistaken("dnnl_memory_set_data_handle", thrown);
        }
        OneDnnStatus.check("dnnl_memory_set_data_handle", status);
    }

    /** Executes a primitive and waits for its end. */
    void execute(long primitive, long stream, int argumentCount, long arguments) {
        int executed;
        int waited;
        try {
            executed = (int) EXECUTE.invokeExact(execute, primitive, stream, argumentCount, arguments);
            waited = (int) WAIT.invokeExact(wait, stream);
        } catch (Throwable thrown) {
            throw mistaken("dnnl_primitive_execute", thrown);
        }
        OneDnnStatus.check("dnnl_primitive_execute", executed);
        OneDnnStatus.check("dnnl_stream_wait", waited);
    }

    /** A downcall throws no Java exception of its own; what arrives here is an error of the JVM or a wrong signature above. */
    private static RuntimeException mistaken(String function, Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(function, thrown);
    }
}
