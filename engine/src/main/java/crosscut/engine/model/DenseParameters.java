package crosscut.engine.model;

import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.model.DenseLayout.Parameter;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.optimizer.UpdateRule;
import crosscut.kernels.random.RandomStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * All dense parameters in flat fp32 memory, with gradients and moments laid out alike, and a copy in compute precision where that is not fp32. One optimizer op
 * covers them all.
 */
public final class DenseParameters implements AutoCloseable {

    private final Device device;
    private final DenseLayout layout;
    private final DataType computeType;
    private final List<DeviceMemory> owned = new ArrayList<>();
    private final DeviceMemory weights;
    private final Tensor gradients;
    private final DeviceMemory firstMoments;
    private final DeviceMemory secondMoments;
    private final DeviceMemory computeCopy;

    /**
     * Allocates parameters.
     *
     * @param optimizer null for inference: no gradients, no moments
     */
    public DenseParameters(Device device, DenseLayout layout, Precision precision, OptimizerConfig optimizer) {
        this.device = device;
        this.layout = layout;
        this.computeType = precision.computeType();
        boolean adam = optimizer != null && optimizer.kind() == UpdateRule.Kind.ADAM;
        long bytes = layout.elements() * Float.BYTES;
        weights = own("dense weights", bytes);
        gradients = optimizer == null ? null : flat(own("dense gradients", bytes));
        firstMoments = adam ? own("dense first moments", bytes) : null;
        secondMoments = adam ? own("dense second moments", bytes) : null;
        computeCopy = computeType == DataType.FLOAT32 ? null
                : own("dense weights in compute precision", layout.elements() * computeType.byteSize());
    }

    private DenseParameters(DenseParameters shared, Tensor gradients) {
        this.device = shared.device;
        this.layout = shared.layout;
        this.computeType = shared.computeType;
        this.weights = shared.weights;
        this.gradients = gradients;
        this.firstMoments = shared.firstMoments;
        this.secondMoments = shared.secondMoments;
        this.computeCopy = shared.computeCopy;
    }

    /**
     * The same parameters with gradients elsewhere, those of some samples of a batch. Closing it frees nothing.
     *
     * @param partialGradients (1, n) FLOAT32, laid out as {@link #flatGradients}
     */
    DenseParameters withGradients(Tensor partialGradients) {
        return new DenseParameters(this, partialGradients);
    }

    private DeviceMemory own(String owner, long bytes) {
        DeviceMemory memory = device.allocate(owner, bytes);
        owned.add(memory);
        return memory;
    }

    public DenseLayout layout() {
        return layout;
    }

    /** The type in which {@link #weight} is. */
    DataType computeType() {
        return computeType;
    }

    /** (in, out) as matrix products read it. */
    public Tensor weight(String name) {
        return computeCopy == null ? view(weights, DataType.FLOAT32, name) : view(computeCopy, computeType, name);
    }

    /** (1, out) of FLOAT32, the master values, or of the compute type, the copy that the optimizer keeps. */
    public Tensor bias(String name, DataType type) {
        return type == DataType.FLOAT32 ? view(weights, type, name) : view(computeCopy, computeType, name);
    }

    /** (rows, columns) FLOAT32, the master value. */
    public Tensor master(String name) {
        return view(weights, DataType.FLOAT32, name);
    }

    /** (rows, columns) FLOAT32. */
    public Tensor gradient(String name) {
        return view(gradients, name);
    }

    private Tensor view(DeviceMemory memory, DataType type, String name) {
        return view(memory.tensor(0, type, 1, flatColumns()), name);
    }

    private Tensor view(Tensor flat, String name) {
        Parameter parameter = layout.parameter(name);
        return flat.memory().tensor(flat.byteOffset(0, parameter.elementOffset()), flat.type(), parameter.rows(), parameter.columns());
    }

    /** The flat fp32 memory of all weights. */
    public DeviceMemory weights() {
        return weights;
    }

    /** All gradients, (1, n) FLOAT32; null for inference. */
    public Tensor flatGradients() {
        return gradients;
    }

    /** The gradients of one part, (1, n) FLOAT32. */
    public Tensor gradients(DenseLayout.Part part) {
        return gradients.columnRange(Math.toIntExact(part.elementOffset()), Math.toIntExact(part.elements()));
    }

    /** Adam's m, null without Adam. */
    public DeviceMemory firstMoments() {
        return firstMoments;
    }

    /** Adam's v, null without Adam. */
    public DeviceMemory secondMoments() {
        return secondMoments;
    }

    /** The optimizer step over all parameters. */
    public Operation update(UpdateRule rule, Tensor stepValues) {
        return device.optimizer().update(rule, flat(weights), gradients, flat(firstMoments), flat(secondMoments), flatCopy(), stepValues);
    }

    private Tensor flat(DeviceMemory memory) {
        return memory == null ? null : memory.tensor(0, DataType.FLOAT32, 1, flatColumns());
    }

    private Tensor flatCopy() {
        return computeCopy == null ? null : computeCopy.tensor(0, computeType, 1, flatColumns());
    }

    private int flatColumns() {
        return Math.toIntExact(layout.elements());
    }

    /** Draws all weights anew: each value is a function of (seed, parameter name, index). */
    public void initialize(long seed) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment values = arena.allocate(layout.elements() * Float.BYTES, Float.BYTES);
            for (Parameter parameter : layout.parameters()) {
                draw(parameter, seed, values);
            }
            device.write(weights, 0, values);
        }
        refreshComputeCopy();
    }

    private static void draw(Parameter parameter, long seed, MemorySegment values) {
        if (parameter.initializer() instanceof Initializer.Zeros) {
            return;
        }
        IntStream.range(0, parameter.rows()).parallel().forEach(row -> {
            RandomStream random = new RandomStream(seed, parameter.name());
            for (int column = 0; column < parameter.columns(); column++) {
                long index = (long) row * parameter.columns() + column;
                values.setAtIndex(ValueLayout.JAVA_FLOAT, parameter.elementOffset() + index, drawOne(parameter.initializer(), random, index));
            }
        });
    }

    private static float drawOne(Initializer initializer, RandomStream random, long index) {
        return switch (initializer) {
            case Initializer.GlorotNormal glorot -> (float) (glorot.deviation() * random.truncatedNormal(index));
            case Initializer.TruncatedNormal truncated -> (float) (truncated.deviation() * random.truncatedNormal(index));
            case Initializer.Normal normal -> (float) (normal.deviation() * random.normal(index));
            case Initializer.Zeros _ -> 0f;
        };
    }

    /** Writes the compute-precision copy from the master weights; needed after the weights were set from outside. */
    public void refreshComputeCopy() {
        if (computeCopy == null) {
            return;
        }
        try (Stream stream = device.createStreamWithoutProducts("weights")) {
            device.optimizer().cast(flat(weights), flatCopy()).launch(stream);
            stream.synchronize();
        }
    }

    @Override
    public void close() {
        owned.forEach(DeviceMemory::close);
    }
}
