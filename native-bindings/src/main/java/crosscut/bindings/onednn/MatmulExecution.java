package crosscut.bindings.onednn;

import static crosscut.bindings.onednn.OneDnnConstants.ARGUMENT_BIAS;
import static crosscut.bindings.onednn.OneDnnConstants.ARGUMENT_DESTINATION;
import static crosscut.bindings.onednn.OneDnnConstants.ARGUMENT_SCRATCHPAD;
import static crosscut.bindings.onednn.OneDnnConstants.ARGUMENT_SOURCE;
import static crosscut.bindings.onednn.OneDnnConstants.ARGUMENT_WEIGHTS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The argument block of one thread for one {@link Matmul}. Executing allocates nothing. */
public final class MatmulExecution implements AutoCloseable {

    /** dnnl_exec_arg_t: an int, padding, a pointer. */
    private static final long ARGUMENT_BYTES = 16;
    private static final long ARGUMENT_MEMORY_OFFSET = 8;
    private static final int MAX_ARGUMENTS = 5;

    private final SetupCalls setup;
    private final StepCalls steps;
    private final long engine;
    private final long primitive;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment arguments = arena.allocate(MAX_ARGUMENTS * ARGUMENT_BYTES, Long.BYTES);
    private final long[] memories = new long[MAX_ARGUMENTS];
    private final boolean hasBias;
    private int count;

    MatmulExecution(Matmul matmul, SetupCalls setup, StepCalls steps, long engine) {
        this.setup = setup;
        this.steps = steps;
        this.engine = engine;
        primitive = matmul.primitive();
        MatmulDescription description = matmul.description();
        hasBias = description.hasBias();
        add(ARGUMENT_SOURCE, matmul, description.source());
        add(ARGUMENT_WEIGHTS, matmul, description.weights());
        add(ARGUMENT_DESTINATION, matmul, description.destination());
        add(ARGUMENT_SCRATCHPAD, matmul.scratchpadLayout());
        if (hasBias) {
            add(ARGUMENT_BIAS, matmul, matmul.biasLayout());
        }
    }

    private void add(int argument, Matmul matmul, MatrixLayout matrix) {
        long layout = matmul.newLayout(matrix);
        try {
            add(argument, layout);
        } finally {
            matmul.destroyLayout(layout);
        }
    }

    private void add(int argument, long layout) {
        memories[count] = setup.create("dnnl_memory_create", layout, engine, 0L);
        arguments.set(JAVA_INT, count * ARGUMENT_BYTES, argument);
        arguments.set(JAVA_LONG, count * ARGUMENT_BYTES + ARGUMENT_MEMORY_OFFSET, memories[count]);
        count++;
    }

    /**
     * Computes the product and returns when it is done. All arguments but the stream are addresses.
     *
     * @param bias ignored when the product has none
     * @param scratchpad at least {@link Matmul#scratchpadByteSize()} bytes that no other thread uses meanwhile
     */
    public void run(OneDnnStream stream, long source, long weights, long bias, long destination, long scratchpad) {
        steps.setDataHandle(memories[0], source);
        steps.setDataHandle(memories[1], weights);
        steps.setDataHandle(memories[2], destination);
        steps.setDataHandle(memories[3], scratchpad);
        if (hasBias) {
            steps.setDataHandle(memories[4], bias);
        }
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
