package crosscut.bindings.onednn;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The argument block of one thread for one primitive. Setting addresses and executing allocate nothing. */
final class PrimitiveArguments implements AutoCloseable {

    /** dnnl_exec_arg_t: an int, padding, a pointer. */
    private static final long ARGUMENT_BYTES = 16;
    private static final long ARGUMENT_MEMORY_OFFSET = 8;

    private final SetupCalls setup;
    private final StepCalls steps;
    private final long engine;
    private final long primitive;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment arguments;
    private final long[] memories;
    private int count;

    /**
     * An empty block.
     *
     * @param capacity most arguments
     */
    PrimitiveArguments(SetupCalls setup, StepCalls steps, long engine, long primitive, int capacity) {
        this.setup = setup;
        this.steps = steps;
        this.engine = engine;
        this.primitive = primitive;
        arguments = arena.allocate(capacity * ARGUMENT_BYTES, Long.BYTES);
        memories = new long[capacity];
    }

    /**
     * Adds an argument; its number is how many there were before.
     *
     * @param kind what the primitive takes it for (DNNL_ARG_...)
     * @param layout how it lies in memory
     */
    void add(int kind, long layout) {
        memories[count] = setup.create("dnnl_memory_create", layout, engine, 0L);
        arguments.set(JAVA_INT, count * ARGUMENT_BYTES, kind);
        arguments.set(JAVA_LONG, count * ARGUMENT_BYTES + ARGUMENT_MEMORY_OFFSET, memories[count]);
        count++;
    }

    /** Says where argument {@code index} is. */
    void set(int index, long address) {
        steps.setDataHandle(memories[index], address);
    }

    /** Executes the primitive and returns when it is done. */
    void execute(OneDnnStream stream) {
        steps.execute(primitive, stream.handle(), count, arguments.address());
    }

    @Override
    public void close() {
        for (int index = 0; index < count; index++) {
            setup.call("dnnl_memory_destroy", memories[index]);
        }
        arena.close();
    }
}
