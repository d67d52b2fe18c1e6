package crosscut.simulator.blas;

import static crosscut.simulator.blas.BlasException.requireValid;
import static crosscut.simulator.upcall.UpcallSymbols.status;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import crosscut.simulator.driver.SimulatedCuda;
import crosscut.simulator.upcall.CallerMemory;
import crosscut.simulator.upcall.UpcallSymbols;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.random.RandomGenerator;

/** The product. */
final class ProductCalls {

    private static final int WORKSPACE_ALIGNMENT = 256;
    private static final int MASK_ALIGNMENT = 16;

    private final BlasGate gate;
    private final LibraryCalls library;
    private final DescriptorCalls descriptors;
    private final AlgorithmCalls algorithms;
    private final SimulatedCuda cuda;
    private final RandomGenerator random;

    ProductCalls(BlasGate gate, LibraryCalls library, DescriptorCalls descriptors, AlgorithmCalls algorithms, SimulatedCuda cuda, RandomGenerator random) {
        this.gate = gate;
        this.library = library;
        this.descriptors = descriptors;
        this.algorithms = algorithms;
        this.cuda = cuda;
        this.random = random;
    }

    void addTo(UpcallSymbols symbols) {
        symbols.add(MethodHandles.lookup(), this, "cublasLtMatmul", "multiply", status(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    }

    private int multiply(long handle, long product, MemorySegment alpha, long a, long layoutA, long b, long layoutB, MemorySegment beta, long c,
            long layoutC, long d, long layoutD, MemorySegment algorithm, long workspace, long workspaceBytes, long stream) {
        return gate.call("cublasLtMatmul", () -> {
            library.requireCreated(handle);
            ProductShape shape = algorithms.shape(product, layoutA, layoutB, layoutC, layoutD);
            Algorithm chosen = algorithm.address() == 0 ? Algorithm.of(Algorithm.WHOLE) : Algorithm.read(algorithm);
            chosen.requireConsistent();
            requireValid(chosen.takes(shape), "algorithm " + chosen.id() + " was chosen for another shape: it needs columns aligned to 16 bytes and at least "
                    + chosen.splits() + " terms");
            Descriptor descriptor = descriptors.products.get(product);
            ProductAddresses addresses = new ProductAddresses(a, b, c, d, shape.epilogue().hasBiasVector() ? descriptor.get("BIAS_POINTER") : 0,
                    shape.epilogue().hasMask() ? descriptor.get("EPILOGUE_AUX_POINTER") : 0, workspace);
            float betaValue = Float.intBitsToFloat(CallerMemory.readInt(beta, "beta"));
            requireAddresses(shape, chosen, addresses, betaValue);
            requireWorkspace(chosen.workspaceBytes(shape), workspace, workspaceBytes);
            float alphaValue = Float.intBitsToFloat(CallerMemory.readInt(alpha, "alpha"));
            cuda.enqueue(stream, new ProductOperation(shape, chosen, alphaValue, betaValue, addresses, random));
        });
    }

    private static void requireAddresses(ProductShape shape, Algorithm algorithm, ProductAddresses addresses, float beta) {
        requireAligned("A", addresses.a(), algorithm.alignment(shape.a().type()));
        requireAligned("B", addresses.b(), algorithm.alignment(shape.b().type()));
        requireAligned("D", addresses.d(), algorithm.alignment(shape.d().type()));
        if (beta != 0) {
            requireAligned("C", addresses.c(), algorithm.alignment(shape.c().type()));
            requireValid(addresses.c() != addresses.d() || shape.c().equals(shape.d()), "C and D are one matrix with different layouts");
        }
        if (shape.epilogue().hasBiasVector()) {
            requireAligned("BIAS_POINTER", addresses.bias(), shape.d().type().bytes());
        }
        if (shape.epilogue().hasMask()) {
            requireAligned("EPILOGUE_AUX_POINTER", addresses.mask(), MASK_ALIGNMENT);
        }
    }

    private static void requireAligned(String name, long address, int bytes) {
        requireValid(address != 0, name + " is the null pointer");
        requireValid(address % bytes == 0, name + " at 0x" + Long.toHexString(address) + " is not aligned to " + bytes + " bytes, as the algorithm needs");
    }

    private static void requireWorkspace(long needed, long workspace, long bytes) {
        requireValid(bytes >= needed, "the algorithm needs a workspace of " + needed + " bytes, but it has " + bytes);
        requireValid(needed == 0 || workspace != 0 && workspace % WORKSPACE_ALIGNMENT == 0,
                "the workspace at 0x" + Long.toHexString(workspace) + " is not aligned to " + WORKSPACE_ALIGNMENT + " bytes");
    }
}
