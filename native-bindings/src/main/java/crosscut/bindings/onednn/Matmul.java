package crosscut.bindings.onednn;

import static crosscut.bindings.onednn.OneDnnConstants.ELTWISE_RELU;
import static crosscut.bindings.onednn.OneDnnConstants.QUERY_IMPLEMENTATION_NAME;
import static crosscut.bindings.onednn.OneDnnConstants.QUERY_SCRATCHPAD_LAYOUT;
import static crosscut.bindings.onednn.OneDnnConstants.QUERY_WEIGHTS_LAYOUT;
import static crosscut.bindings.onednn.OneDnnConstants.SCRATCHPAD_MODE_USER;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;

/** A compiled matrix product. Any number of threads may execute it at once, each through a {@link MatmulExecution} of its own. */
public final class Matmul implements AutoCloseable {

    private final SetupCalls setup;
    private final StepCalls steps;
    private final long engine;
    private final MatmulDescription description;
    private final long primitiveDescription;
    private final long primitive;
    private final long weightsLayout;
    private final long scratchpadLayout;

    Matmul(SetupCalls setup, StepCalls steps, long engine, MatmulDescription description, int packedOrder) {
        this.setup = setup;
        this.steps = steps;
        this.engine = engine;
        this.description = description;
        primitiveDescription = describe(packedOrder);
        primitive = setup.create("dnnl_primitive_create", primitiveDescription);
        weightsLayout = layoutOf(QUERY_WEIGHTS_LAYOUT);
        scratchpadLayout = layoutOf(QUERY_SCRATCHPAD_LAYOUT);
    }

    /** The layout belongs to the primitive's description. */
    private long layoutOf(int query) {
        return (long) setup.invoke("dnnl_primitive_desc_query_md", JAVA_LONG, primitiveDescription, query, 0);
    }

    private long describe(int packedOrder) {
        long source = newLayout(description.source());
        long weights = description.hasPackedWeights() ? newLayout(description.weights(), packedOrder) : newLayout(description.weights());
        long bias = description.hasBias() ? newLayout(biasLayout()) : 0L;
        long destination = newLayout(description.destination());
        long attributes = newAttributes();
        try {
            return setup.create("dnnl_matmul_primitive_desc_create", engine, source, weights, bias, destination, attributes);
        } finally {
            setup.call("dnnl_primitive_attr_destroy", attributes);
            destroyLayout(source);
            destroyLayout(weights);
            destroyLayout(bias);
            destroyLayout(destination);
        }
    }

    private long newAttributes() {
        long attributes = setup.create("dnnl_primitive_attr_create");
        long postOperations = setup.create("dnnl_post_ops_create");
        try {
            setup.call("dnnl_primitive_attr_set_scratchpad_mode", attributes, SCRATCHPAD_MODE_USER);
            setup.call("dnnl_primitive_attr_set_deterministic", attributes, 1);
            if (description.accumulates()) {
                setup.call("dnnl_post_ops_append_sum", postOperations, 1f, 0, description.destination().type().code());
            }
            if (description.hasRelu()) {
                setup.call("dnnl_post_ops_append_eltwise", postOperations, ELTWISE_RELU, 0f, 0f);
            }
            setup.call("dnnl_primitive_attr_set_post_ops", attributes, postOperations);
            return attributes;
        } finally {
            setup.call("dnnl_post_ops_destroy", postOperations);
        }
    }

    MatrixLayout biasLayout() {
        long columns = description.destination().columns();
        return new MatrixLayout(1, columns, ElementType.FLOAT32, columns, 1);
    }

    private long newLayout(MatrixLayout layout) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sizes = arena.allocateFrom(JAVA_LONG, layout.rows(), layout.columns());
            MemorySegment strides = arena.allocateFrom(JAVA_LONG, layout.rowStride(), layout.columnStride());
            return setup.create("dnnl_memory_desc_create_with_strides", 2, sizes, layout.type().code(), strides);
        }
    }

    /** One whose order of elements is the library's, by its number. */
    private long newLayout(MatrixLayout layout, int order) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sizes = arena.allocateFrom(JAVA_LONG, layout.rows(), layout.columns());
            return setup.create("dnnl_memory_desc_create_with_tag", 2, sizes, layout.type().code(), order);
        }
    }

    /** Lets {@code use} have the library's description of a layout for the time of the call. */
    void withLayout(MatrixLayout matrix, LongConsumer use) {
        long layout = newLayout(matrix);
        try {
            use.accept(layout);
        } finally {
            destroyLayout(layout);
        }
    }

    private void destroyLayout(long layout) {
        if (layout != 0) {
            setup.call("dnnl_memory_desc_destroy", layout);
        }
    }

    MatmulDescription description() {
        return description;
    }

    long weightsLayout() {
        return weightsLayout;
    }

    long scratchpadLayout() {
        return scratchpadLayout;
    }

    /** Bytes of the weights in the order that this product reads. */
    public long weightsByteSize() {
        return (long) setup.invoke("dnnl_memory_desc_get_size", JAVA_LONG, weightsLayout);
    }

    /** Whether both products read weights of one shape in one order. */
    public boolean hasWeightsLike(Matmul other) {
        return (int) setup.invoke("dnnl_memory_desc_equal", JAVA_INT, weightsLayout, other.weightsLayout) != 0;
    }

    /**
     * Columns of the blocks in which this product reads its weights: 64, or 32 with a processor's matrix tiles in BFLOAT16 and without AVX-512 in FLOAT32; 0
     * when it reads them in another order. Blocks lie one after the other, the last one filled up with zeros: in each of them row after row, in BFLOAT16 two rows
     * interleaved, and the rows filled up with zeros to 16 (pairs).
     */
    public int weightsBlockColumns() {
        if (description.weights().type() == ElementType.FLOAT32) {
            return blockColumns(OneDnnConstants.COLUMN_BLOCKS, OneDnnConstants.HALF_COLUMN_BLOCKS);
        }
        return blockColumns(OneDnnConstants.COLUMN_BLOCKS_OF_ROW_PAIRS, OneDnnConstants.HALF_COLUMN_BLOCKS_OF_ROW_PAIRS);
    }

    private int blockColumns(int wholeBlocks, int halfBlocks) {
        if (readsWeightsIn(wholeBlocks)) {
            return 64;
        }
        return readsWeightsIn(halfBlocks) ? 32 : 0;
    }

    private boolean readsWeightsIn(int order) {
        long blocks = newLayout(description.weights(), order);
        try {
            return (int) setup.invoke("dnnl_memory_desc_equal", JAVA_INT, weightsLayout, blocks) != 0;
        } finally {
            destroyLayout(blocks);
        }
    }

    /** Bytes of scratch memory that an execution needs, 0 or more. */
    public long scratchpadByteSize() {
        return (long) setup.invoke("dnnl_memory_desc_get_size", JAVA_LONG, scratchpadLayout);
    }

    /** What oneDNN calls the implementation that it chose: {@code brg_matmul:avx512_core}. Names with {@code ref} are slow. */
    @SuppressWarnings("restricted")
    public String implementation() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(ADDRESS);
            setup.call("dnnl_primitive_desc_query", primitiveDescription, QUERY_IMPLEMENTATION_NAME, 0, name);
            return name.get(ADDRESS, 0).reinterpret(Long.MAX_VALUE).getString(0);
        }
    }

    /** What one thread needs to execute this product; it must be closed before the product. */
    public MatmulExecution newExecution() {
        return new MatmulExecution(this, new PrimitiveArguments(setup, steps, engine, primitive, MatmulExecution.MOST_ARGUMENTS));
    }

    /** What brings weights into the order that this product reads; it must be closed before the product. */
    public WeightPacking newPacking() {
        return new WeightPacking(this, setup, steps, engine);
    }

    @Override
    public void close() {
        setup.call("dnnl_primitive_destroy", primitive);
        setup.call("dnnl_primitive_desc_destroy", primitiveDescription);
    }
}
