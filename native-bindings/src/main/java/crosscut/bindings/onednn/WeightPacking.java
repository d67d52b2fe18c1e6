package crosscut.bindings.onednn;

import static crosscut.bindings.onednn.OneDnnConstants.ARGUMENT_DESTINATION;
import static crosscut.bindings.onednn.OneDnnConstants.ARGUMENT_SCRATCHPAD;
import static crosscut.bindings.onednn.OneDnnConstants.ARGUMENT_SOURCE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/** Copies weights from where a {@link MatmulDescription} lays them into the order that its {@link Matmul} reads. Run by one thread at a time. */
public final class WeightPacking implements AutoCloseable {

    private static final int SOURCE = 0;
    private static final int TARGET = 1;
    private static final int SCRATCHPAD = 2;

    private final SetupCalls setup;
    private final long primitiveDescription;
    private final long primitive;
    private final long scratchpadLayout;
    private final PrimitiveArguments arguments;

    WeightPacking(Matmul matmul, SetupCalls setup, StepCalls steps, long engine) {
        this.setup = setup;
        long[] described = new long[1];
        matmul.withLayout(matmul.description().weights(), from -> described[0] = describe(from, matmul.weightsLayout(), engine));
        primitiveDescription = described[0];
        primitive = setup.create("dnnl_primitive_create", primitiveDescription);
        scratchpadLayout = (long) setup.invoke("dnnl_primitive_desc_query_md", JAVA_LONG, primitiveDescription, OneDnnConstants.QUERY_SCRATCHPAD_LAYOUT, 0);
        arguments = new PrimitiveArguments(setup, steps, engine, primitive, 3);
        matmul.withLayout(matmul.description().weights(), layout -> arguments.add(ARGUMENT_SOURCE, layout));
        arguments.add(ARGUMENT_DESTINATION, matmul.weightsLayout());
        arguments.add(ARGUMENT_SCRATCHPAD, scratchpadLayout);
    }

    private long describe(long from, long to, long engine) {
        long attributes = setup.create("dnnl_primitive_attr_create");
        try {
            setup.call("dnnl_primitive_attr_set_scratchpad_mode", attributes, OneDnnConstants.SCRATCHPAD_MODE_USER);
            return setup.create("dnnl_reorder_primitive_desc_create", from, engine, to, engine, attributes);
        } finally {
            setup.call("dnnl_primitive_attr_destroy", attributes);
        }
    }

    /** Bytes of scratch memory that {@link #run} needs, 0 or more. */
    public long scratchpadByteSize() {
        return (long) setup.invoke("dnnl_memory_desc_get_size", JAVA_LONG, scratchpadLayout);
    }

    /**
     * Copies and returns when it is done.
     *
     * @param weights address of the weights as the description lays them
     * @param packed address of {@link Matmul#weightsByteSize()} bytes to write
     * @param scratchpad address of {@link #scratchpadByteSize()} bytes that no other thread uses meanwhile
     */
    public void run(OneDnnStream stream, long weights, long packed, long scratchpad) {
        arguments.set(SOURCE, weights);
        arguments.set(TARGET, packed);
        arguments.set(SCRATCHPAD, scratchpad);
        arguments.execute(stream);
    }

    @Override
    public void close() {
        arguments.close();
        setup.call("dnnl_primitive_destroy", primitive);
        setup.call("dnnl_primitive_desc_destroy", primitiveDescription);
    }
}
