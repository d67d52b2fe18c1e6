package crosscut.bindings.onednn;

/**
 * {@code destination = relu(source * weights + bias + destination)}, each of the last three parts optional.
 *
 * @param source (m, k)
 * @param weights (k, n)
 * @param destination (m, n)
 * @param hasBias adds a FLOAT32 (1, n)
 * @param accumulates adds what the destination holds
 * @param hasRelu ends with max(., 0)
 * @param hasPackedWeights the weights are given in the order that {@link OneDnn} asks for, into which a {@link WeightPacking} brings them from {@code weights}
 */
public record MatmulDescription(
        MatrixLayout source, MatrixLayout weights, MatrixLayout destination, boolean hasBias, boolean accumulates, boolean hasRelu, boolean hasPackedWeights) {
}
