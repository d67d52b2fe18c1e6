package crosscut.bindings.cuda;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.Consumer;

/**
 * Work of the host as a stream calls it ({@link Cuda#launchHostFunction}), on a thread of the driver's. It must not call CUDA. No exception may go back into the
 * driver, so what the work throws is handed to whoever made it.
 */
public final class HostFunction {

    private static final FunctionDescriptor SIGNATURE = FunctionDescriptor.ofVoid(JAVA_LONG);
    private static final MethodHandle CALL = call();

    private final Runnable work;
    private final Consumer<Throwable> failed;
    private final MemorySegment stub;

    /**
     * Makes the function.
     *
     * @param failed gets what {@code work} throws, on the thread that it was thrown on; must not throw
     * @param arena keeps the function callable; closed only when no stream and no graph can call it any more
     */
    @SuppressWarnings("restricted")
    public HostFunction(Runnable work, Consumer<Throwable> failed, Arena arena) {
        this.work = work;
        this.failed = failed;
        this.stub = Linker.nativeLinker().upcallStub(CALL.bindTo(this), SIGNATURE, arena);
    }

    private static MethodHandle call() {
        try {
            return MethodHandles.lookup().findVirtual(HostFunction.class, "call", MethodType.methodType(void.class, long.class));
        } catch (NoSuchMethodException | IllegalAccessException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private void call(long data) {
        try {
            work.run();
        } catch (Throwable thrown) {
            failed.accept(thrown);
        }
    }

    long address() {
        return stub.address();
    }
}
