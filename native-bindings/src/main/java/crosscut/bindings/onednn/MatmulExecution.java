package crosscut.bindings.onednn;

import static crosscut.bindings.onednn.OneDnnConstants.ARGUMENT_BIAS;
import static crosscut.bindings.onednn.OneDnnConstants.ARGUMENT_DESTINATION;
import static crosscut.bindings.onednn.OneDnnConstants.ARGUMENT_SCRATCHPAD;
import static crosscut.bindings.onednn.OneDnnConstants.ARGUMENT_SOURCE;
import static crosscut.bindings.onednn.OneDnnConstants.ARGUMENT_WEIGHTS;

/** What one thread needs to execute one {@link Matmul}. Executing allocates nothing. */
public final class MatmulExecution implements AutoCloseable {

    private static final int SOURCE = 0;
    private static final int WEIGHTS = 1;
    private static final int DESTINATION = 2;
    private static final int SCRATCHPAD = 3;
    private static final int BIAS = 4;
    static final int MOST_ARGUMENTS = 5;

    private final PrimitiveArguments arguments;
    private final boolean hasBias;

    MatmulExecution(Matmul matmul, PrimitiveArguments arguments) {
        this.arguments = arguments;
        hasBias = matmul.description().hasBias();
        matmul.withLayout(matmul.description().source(), layout -> arguments.add(ARGUMENT_SOURCE, layout));
        arguments.add(ARGUMENT_WEIGHTS, matmul.weightsLayout());
        matmul.withLayout(matmul.description().destination(), layout -> arguments.add(ARGUMENT_DESTINATION, layout));
        arguments.add(ARGUMENT_SCRATCHPAD, matmul.scratchpadLayout());
        if (hasBias) {
            matmul.withLayout(matmul.biasLayout(), layout -> arguments.add(ARGUMENT_BIAS, layout));
        }
    }

    /**
     * Computes the product and returns when it is done. All arguments but the stream are addresses.
     *
     * @param weights as the description lays them, or what a {@link WeightPacking} of the product has written
     * @param bias ignored when the product has none
     * @param scratchpad at least {@link Matmul#scratchpadByteSize()} bytes that no other thread uses meanwhile
     */
    public void run(OneDnnStream stream, long source, long weights, long bias, long destination, long scratchpad) {
        arguments.set(SOURCE, source);
        arguments.set(WEIGHTS, weights);
        arguments.set(DESTINATION, destination);
        arguments.set(SCRATCHPAD, scratchpad);
        if (hasBias) {
            arguments.set(BIAS, bias);
        }
        arguments.execute(stream);
    }

    @Override
    public void close() {
        arguments.close();
    }
}
