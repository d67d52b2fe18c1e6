package crosscut.engine.memory;

import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.SampleSlices;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkingMemory;
import crosscut.kernels.embedding.EmbeddingOperations;
import crosscut.kernels.embedding.TableSet;
import crosscut.kernels.gemm.Activation;
import crosscut.kernels.gemm.FixedWeights;
import crosscut.kernels.gemm.MatrixProducts;
import crosscut.kernels.gemm.ProductTerms;
import crosscut.kernels.loss.LastLayer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Consumer;

/**
 * A device that has sizes and nothing else: memory of any size takes none, ops do nothing. The engine binds a step to it as to any other, and whoever watches
 * learns what the step will ask of a real one. Host memory becomes real when the host writes to it.
 */
public final class DescribedDevice {

    private final WorkingMemory working;
    private final boolean separatesViews;
    private final Consumer<PlannedMemory> allocations;
    private final LaunchMemory launches;

    private DescribedDevice(WorkingMemory working, boolean separatesViews, Consumer<PlannedMemory> allocations, LaunchMemory launches) {
        this.working = working;
        this.separatesViews = separatesViews;
        this.allocations = allocations;
        this.launches = launches;
    }

    /**
     * A device of its own, on which every tensor is an allocation of its own.
     *
     * @param working what the device in mind allocates for its own work
     */
    public static Device open(WorkingMemory working) {
        return new DescribedDevice(working, true, _ -> { }, new LaunchMemory()).described(Device.class);
    }

    /**
     * A device that tells of its allocations.
     *
     * @param working what the device in mind allocates for its own work
     * @param allocations is told of every allocation before it is made
     * @param launches is told of every product
     */
    static Device planning(WorkingMemory working, Consumer<PlannedMemory> allocations, LaunchMemory launches) {
        return new DescribedDevice(working, false, allocations, launches).described(Device.class);
    }

    private <T> T described(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> answer(proxy, method, arguments)));
    }

    private Object answer(Object proxy, Method method, Object[] arguments) {
        ofWork(method.getName(), arguments).forEach(allocations);
        if (method.getDeclaringClass() == MatrixProducts.class) {
            ofLaunches(method.getName(), arguments);
        }
        return switch (method.getName()) {
            case "allocate" -> allocated(new PlannedMemory((String) arguments[0], (long) arguments[1]));
            case "allocateHost" -> allocated(new PlannedMemory((String) arguments[0], (long) arguments[1], true));
            case "createIdGroups" -> new CountedIds((TableSet) arguments[0], (int) arguments[1], false);
            case "createDoubleBufferedIdGroups" -> new CountedIds((TableSet) arguments[0], (int) arguments[1], true);
            case "separatesViews" -> separatesViews;
            // Costs are those of whole ops, however a device cuts them; a pass that only goes forward needs the same memory cut or whole.
            case "scoringSlices" -> SampleSlices.whole((int) arguments[0]);
            case "trainingSlices" -> trainingSlices((int) arguments[0], (long) arguments[1], (long) arguments[2]);
            case "independentSlots" -> working.independentSlots();
            case "overlapsStreams" -> working.overlapsStreams();
            case "named" -> arguments[1];
            case "description" -> "a device that has sizes only";
            case "freeMemory" -> Long.MAX_VALUE;
            case "isDone" -> true;
            case "launch" -> launch(proxy, arguments[0]);
            case "biasType" -> ((Tensor) arguments[0]).type();
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "described " + method.getDeclaringClass().getSimpleName();
            default -> result(method.getReturnType());
        };
    }

    /** Every slot's thread launches the products of its slices. Slices that only go forward copy nothing for a launch: their weights are fixed. */
    private SampleSlices trainingSlices(int batch, long weightBytes, long activationBytes) {
        SampleSlices cut = separatesViews ? SampleSlices.whole(batch) : working.trainingSlices(batch, weightBytes, activationBytes);
        if (!cut.isWhole()) {
            launches.launchedBy(working.independentSlots());
        }
        return cut;
    }

    /** A stream launches what it is given, so that whoever watches that sees it; an op does nothing. */
    private static Object launch(Object described, Object argument) {
        if (described instanceof Stream stream) {
            ((Operation) argument).launch(stream);
        }
        return null;
    }

    /** What the device in mind would allocate during this call besides what it is asked for. */
    private List<PlannedMemory> ofWork(String call, Object[] arguments) {
        return switch (call) {
            case "createIdGroups" -> working.ofIdGroups((TableSet) arguments[0], (int) arguments[1], false);
            case "createDoubleBufferedIdGroups" -> working.ofIdGroups((TableSet) arguments[0], (int) arguments[1], true);
            case "createStream" -> working.ofStream((String) arguments[0]);
            case "decoder" -> working.ofDecoder((RawBatchLayout) arguments[0]);
            case "forward" -> arguments.length > 5 && arguments[5] != null ? working.ofFixedWeights((Tensor) arguments[1]) : List.of();
            // The cross network has an op of this name too, which allocates nothing.
            case "inputGradient" -> arguments[1] instanceof Tensor weights ? working.ofInputGradient(weights, (Tensor) arguments[3]) : List.of();
            case "lastLayer" -> working.ofLastLayer((LastLayer) arguments[0]);
            default -> List.of();
        };
    }

    /** What a product that is bound in this call needs at every launch. */
    private void ofLaunches(String call, Object[] arguments) {
        switch (call) {
            case "forward" -> launches.need(working.ofLaunch(ProductTerms.forward((Tensor) arguments[0], (Tensor) arguments[1], (Tensor) arguments[2],
                    ((Tensor) arguments[1]).type(), (Activation) arguments[3], (Tensor) arguments[4]),
                    arguments.length > 5 ? (FixedWeights) arguments[5] : null));
            case "inputGradient" -> launches.need(working.ofLaunch(ProductTerms.inputGradient((Tensor) arguments[0], (Tensor) arguments[1],
                    (Tensor) arguments[2], (Tensor) arguments[3], (Tensor) arguments[4]), null));
            case "weightGradient" -> launches.need(working.ofLaunch(ProductTerms.weightGradient((Tensor) arguments[0], (Tensor) arguments[1],
                    (Tensor) arguments[2], (Tensor) arguments[3]), null));
            default -> { }
        }
    }

    private DeviceMemory allocated(PlannedMemory planned) {
        allocations.accept(planned);
        return new SizedMemory(planned);
    }

    private Object result(Class<?> type) {
        if (type == void.class) {
            return null;
        }
        if (type == Operation.class) {
            return described(Operation.class);
        }
        if (type == MemorySegment.class) {
            // What is written for an upload; the largest one holds a step's values.
            return Arena.ofAuto().allocate(1 << 16, Long.BYTES);
        }
        if (type.isInterface()) {
            return described(type);
        }
        throw new IllegalStateException("a described device has no answer of type " + type.getName());
    }

    /** How many ids there would be. */
    private record CountedIds(long ids, Tensor grouped, Tensor current) implements EmbeddingOperations.IdGroups {

        CountedIds(TableSet tables, int batchSize, boolean isDoubleBuffered) {
            long ids = tables.tables().stream().mapToLong(table -> (long) batchSize * table.hotness()).sum();
            Tensor current = pairs(ids);
            this(ids, isDoubleBuffered ? pairs(ids) : current, current);
        }

        private static Tensor pairs(long ids) {
            return new SizedMemory(new PlannedMemory("sorted ids", ids * Long.BYTES)).tensor(0, DataType.INT64, 1, Math.toIntExact(ids));
        }

        @Override
        public void close() {
            // Nothing was allocated.
        }
    }

    /** Memory that has no bytes, except on the host from the moment that somebody looks at them. */
    private static final class SizedMemory implements DeviceMemory {

        private final PlannedMemory planned;
        private Arena arena;
        private MemorySegment segment;

        SizedMemory(PlannedMemory planned) {
            this.planned = planned;
        }

        @Override
        public String owner() {
            return planned.owner();
        }

        @Override
        public long byteSize() {
            return planned.byteSize();
        }

        @Override
        public long address() {
            return 0;
        }

        @Override
        public boolean isOnHost() {
            return planned.isOnHost();
        }

        @Override
        public MemorySegment hostSegment() {
            if (!planned.isOnHost()) {
                throw new UnsupportedOperationException(planned.owner() + " has a size only");
            }
            if (segment == null) {
                arena = Arena.ofShared();
                segment = arena.allocate(planned.byteSize(), 64);
            }
            return segment;
        }

        @Override
        public void close() {
            if (arena != null && arena.scope().isAlive()) {
                arena.close();
            }
        }
    }
}
