package crosscut.kernels.gemm;

import crosscut.bindings.cublaslt.CublasLt;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaContext;
import crosscut.kernels.device.cuda.CudaOptions;
import crosscut.kernels.optimizer.CudaOptimizerOperations;
import crosscut.kernels.optimizer.OptimizerOperations;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Matrix products by cuBLASLt with everything fused that its epilogues offer. Where it offers no epilogue for a shape, the plain product is followed by a pass
 * of ours over the result; {@link #bound()} and {@link #description()} say where. A layer with one output has kernels of its own.
 *
 * <p>The output of a ReLU leaves one bit per element in memory of this object from the moment that a gradient is bound to the same tensor, so that the way back
 * reads bits in place of numbers. A forward product that ran before that moment keeps none, and its way back compares the output itself.
 */
public final class CublasLtMatrixProducts implements MatrixProducts {

    private final CudaContext context;
    private final CublasLtBinder binder;
    private final CudaElementwise passes;
    private final CudaSingleOutput single;
    private final OptimizerOperations casts;
    private final ReluOutputs reluOutputs;
    private final List<Supplier<BoundProduct>> bound = new ArrayList<>();
    private final List<DeviceMemory> memories = new ArrayList<>();

    private CublasLtMatrixProducts(CudaContext context, CublasLtBinder binder) {
        this.context = context;
        this.binder = binder;
        passes = new CudaElementwise(context);
        single = new CudaSingleOutput(context);
        casts = new CudaOptimizerOperations(context);
        reluOutputs = new ReluOutputs(binder);
    }

    /** Opens cuBLASLt on the GPU of {@code context}. */
    public static CublasLtMatrixProducts open(CudaContext context, CublasLt blas, CudaOptions options) {
        return open(context, blas, options, epilogue -> true);
    }

    /** Opens cuBLASLt; epilogues that {@code uses} does not accept count as not offered. */
    static CublasLtMatrixProducts open(CudaContext context, CublasLt blas, CudaOptions options, Predicate<Epilogue> uses) {
        return new CublasLtMatrixProducts(context, new CublasLtBinder(new CublasLtLibrary(context, blas), options, uses));
    }

    /**
     * A product that was bound here.
     *
     * @param product shapes, types and layout as cuBLASLt sees them
     * @param epilogue what cuBLASLt does to the result; "matrix times vector" for a layer with one output, which needs no cuBLASLt
     * @param separatePasses what passes of ours do besides, empty when everything is fused
     */
    public record BoundProduct(String product, String epilogue, List<String> separatePasses) {
    }

    /** Every product bound so far, in order. */
    public List<BoundProduct> bound() {
        return bound.stream().map(Supplier::get).toList();
    }

    @Override
    public String description() {
        long separate = bound().stream().filter(product -> !product.separatePasses().isEmpty()).count();
        return binder.description() + (bound.isEmpty() ? "" : ", " + bound.size() + " products, " + separate + " of them with separate passes");
    }

    /** cuBLASLt reads a bias of the result's type, our kernels for a layer with one output one in fp32. */
    @Override
    public DataType biasType(Tensor w) {
        return isVector(w) ? DataType.FLOAT32 : w.type();
    }

    /** cuBLASLt reads weights as they lie, and as fast as any copy: {@code fixed} stays empty. */
    @Override
    public Operation forward(Tensor x, Tensor w, Tensor bias, Activation activation, Tensor y, FixedWeights fixed) {
        ProductTerms terms = ProductTerms.forward(x, w, bias, biasType(w), activation, y);
        if (y.rows() == 0) {
            return nothing();
        }
        if (isVector(w)) {
            noteVector(terms);
            return single.forward(x, w, bias, activation, y);
        }
        Tensor vector = bias;
        List<Operation> operations = new ArrayList<>();
        List<String> separate = new ArrayList<>();
        if (bias != null && bias.type() != y.type()) {
            DeviceMemory copy = binder.allocate("bias in " + y.type(), (long) bias.columns() * y.type().byteSize());
            memories.add(copy);
            vector = copy.tensor(0, y.type(), 1, bias.columns());
            operations.add(casts.cast(bias, vector));
            separate.add("bias to " + y.type());
        }
        CublasLtProblem problem = CublasLtProblem.of(terms, Epilogue.ofForward(bias != null, activation, false));
        long address = vector == null ? 0 : vector.address();
        if (activation == Activation.RELU) {
            ReluOutputs.Forward forward = reluOutputs.forward(problem, y, address);
            operations.add(forward);
            bound.add(() -> new BoundProduct(problem.key(), forward.epilogue().name(), List.copyOf(separate)));
        } else {
            operations.add(binder.require(problem, address, 0));
            note(problem, separate);
        }
        return sequence(operations);
    }

    /** The mask that {@link #inputGradient} allocates when cuBLASLt offers to read one. */
    public static List<PlannedMemory> plannedMasks(Tensor w, Tensor reluOutput) {
        return reluOutput == null || isVector(w) ? List.of() : List.of(ReluOutputs.plannedMask(reluOutput));
    }

    @Override
    public Operation inputGradient(Tensor dy, Tensor w, Tensor residual, Tensor reluOutput, Tensor dx) {
        ProductTerms terms = ProductTerms.inputGradient(dy, w, residual, reluOutput, dx);
        if (dx.rows() == 0) {
            return nothing();
        }
        if (isVector(w)) {
            noteVector(terms);
            return single.inputGradient(dy, w, residual, reluOutput, dx);
        }
        if (reluOutput != null) {
            CublasLtProblem masked = CublasLtProblem.of(terms, Epilogue.DRELU);
            long mask = reluOutputs.mask(reluOutput);
            Operation fused = mask == 0 ? null : binder.bind(masked, 0, mask);
            if (fused != null) {
                note(masked, List.of());
                return fused;
            }
        }
        CublasLtProblem plain = CublasLtProblem.of(terms, Epilogue.NONE);
        Operation product = binder.require(plain, 0, 0);
        note(plain, reluOutput == null ? List.of() : List.of("ReLU mask"));
        return reluOutput == null ? product : sequence(List.of(product, passes.reluMask(reluOutput, dx)));
    }

    @Override
    public Operation weightGradient(Tensor x, Tensor dy, Tensor dw, Tensor db) {
        ProductTerms terms = ProductTerms.weightGradient(x, dy, dw, db);
        if (dy.rows() == 0) {
            Operation zeros = new CudaZeros(context, dw);
            return db == null ? zeros : sequence(List.of(zeros, passes.columnSums(dy, db)));
        }
        if (isVector(dw)) {
            noteVector(terms);
            return single.weightGradient(x, dy, dw, db);
        }
        if (db != null) {
            CublasLtProblem summed = CublasLtProblem.of(terms, Epilogue.BGRADA);
            Operation fused = binder.bind(summed, db.address(), 0);
            if (fused != null) {
                note(summed, List.of());
                return fused;
            }
        }
        CublasLtProblem plain = CublasLtProblem.of(terms, Epilogue.NONE);
        Operation product = binder.require(plain, 0, 0);
        note(plain, db == null ? List.of() : List.of("bias gradient"));
        return db == null ? product : sequence(List.of(product, passes.columnSums(dy, db)));
    }

    /** Weights of a layer with one output, for which there are kernels of our own. */
    private static boolean isVector(Tensor weights) {
        return weights.columns() == 1 && weights.isDense();
    }

    private void noteVector(ProductTerms terms) {
        BoundProduct product = new BoundProduct(CublasLtProblem.of(terms, Epilogue.NONE).key(), "matrix times vector", List.of());
        bound.add(() -> product);
    }

    private void note(CublasLtProblem problem, List<String> separatePasses) {
        BoundProduct product = new BoundProduct(problem.key(), problem.epilogue().name(), List.copyOf(separatePasses));
        bound.add(() -> product);
    }

    private static Operation sequence(List<Operation> operations) {
        return operations.size() == 1 ? operations.getFirst() : new OperationSequence(operations);
    }

    private static Operation nothing() {
        return (Stream stream) -> { };
    }

    @Override
    public void close() {
        reluOutputs.close();
        memories.forEach(DeviceMemory::close);
        binder.close();
    }
}
