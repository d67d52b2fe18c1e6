package crosscut.simulator.blas;

import crosscut.simulator.check.FindingKind;
import crosscut.simulator.driver.SimulatedCuda;
import crosscut.simulator.upcall.UpcallSymbols;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * cuBLASLt for machines without a GPU: give it to a binding in place of libcublasLt. Products run in the streams of a {@link SimulatedCuda}, captured where
 * those are captured. Results of its algorithms 1 and 2 are the same bits in every run; algorithm 3 adds in another order every time, as split-K in place does.
 */
public final class SimulatedCublasLt implements SymbolLookup, AutoCloseable {

    private final UpcallSymbols symbols = new UpcallSymbols();
    private final BlasGate gate = new BlasGate();
    private final SimulatedCuda cuda;
    private final LibraryCalls library = new LibraryCalls(gate);
    private final DescriptorCalls descriptors = new DescriptorCalls(gate);

    /** A library whose products run in the streams of {@code cuda}; {@code seed} decides the order of sums that have none. */
    public SimulatedCublasLt(SimulatedCuda cuda, long seed) {
        this.cuda = cuda;
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        AlgorithmCalls algorithms = new AlgorithmCalls(gate, descriptors);
        library.addTo(symbols);
        descriptors.addTo(symbols);
        algorithms.addTo(symbols);
        new ProductCalls(gate, library, descriptors, algorithms, cuda, random).addTo(symbols);
    }

    @Override
    public Optional<MemorySegment> find(String name) {
        return symbols.find(name);
    }

    /** The signature of every function, as cublasLt.h declares it; handles and device addresses are 8-byte integers. */
    public Map<String, FunctionDescriptor> descriptors() {
        return symbols.descriptors();
    }

    /** Why the last failed call failed, in words; the library gives only the status. */
    public Optional<String> lastError() {
        return gate.lastError();
    }

    /** Ends the library; its functions then answer that it is not initialised. Handles and descriptors that are left become findings of the driver. */
    @Override
    public void close() {
        if (gate.close()) {
            reportLeft(library.created(), "handles of cuBLASLt");
            reportLeft(descriptors.products.all().size(), "product descriptors");
            reportLeft(descriptors.layouts.all().size(), "matrix layouts");
            reportLeft(descriptors.preferences.all().size(), "preferences");
        }
    }

    private void reportLeft(int count, String what) {
        if (count > 0) {
            cuda.findings().add(FindingKind.LEAK, count + " " + what + " were not destroyed");
        }
    }
}
