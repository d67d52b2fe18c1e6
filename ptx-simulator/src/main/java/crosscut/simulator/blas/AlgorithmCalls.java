package crosscut.simulator.blas;

import static crosscut.simulator.blas.BlasException.requireSupported;
import static crosscut.simulator.blas.BlasException.requireValid;
import static crosscut.simulator.upcall.UpcallSymbols.status;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import crosscut.simulator.upcall.CallerMemory;
import crosscut.simulator.upcall.UpcallSymbols;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;

/** Which algorithms there are for a product, what they can do, and how they are configured. */
final class AlgorithmCalls {

    private static final int RESULT_BYTES = 96;
    private static final int WORKSPACE_OFFSET = 64;
    private static final int STATE_OFFSET = 72;
    private static final int WAVES_OFFSET = 76;

    /** The fastest first, which is not the one that gives the same bits every time: callers have to mask reduction schemes. */
    private static final int[] FASTEST_FIRST = {Algorithm.SPLIT_IN_PLACE, Algorithm.SPLIT, Algorithm.WHOLE};

    private final BlasGate gate;
    private final DescriptorCalls descriptors;

    AlgorithmCalls(BlasGate gate, DescriptorCalls descriptors) {
        this.gate = gate;
        this.descriptors = descriptors;
    }

    void addTo(UpcallSymbols symbols) {
        MethodHandles.Lookup here = MethodHandles.lookup();
        symbols.add(here, this, "cublasLtMatmulAlgoGetHeuristic", "heuristic",
                        status(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS))
                .add(here, this, "cublasLtMatmulAlgoGetIds", "ids",
                        status(JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS))
                .add(here, this, "cublasLtMatmulAlgoInit", "initialise",
                        status(JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS))
                .add(here, this, "cublasLtMatmulAlgoCheck", "check", status(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS))
                .add(here, this, "cublasLtMatmulAlgoCapGetAttribute", "capability", status(ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS))
                .add(here, this, "cublasLtMatmulAlgoConfigSetAttribute", "setConfiguration", status(ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG))
                .add(here, this, "cublasLtMatmulAlgoConfigGetAttribute", "configuration", status(ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS));
    }

    ProductShape shape(long product, long a, long b, long c, long d) {
        return ProductShape.of(descriptors.products.get(product), descriptors.layouts.get(a), descriptors.layouts.get(b), descriptors.layouts.get(c),
                descriptors.layouts.get(d));
    }

    private int heuristic(long library, long product, long a, long b, long c, long d, long preference, int requested, MemorySegment results,
            MemorySegment count) {
        return gate.call("cublasLtMatmulAlgoGetHeuristic", () -> {
            requireValid(requested > 0, requested + " algorithms were asked for");
            CallerMemory.writeInt(count, 0, "returnAlgoCount");
            ProductShape shape = shape(product, a, b, c, d);
            List<Algorithm> offered = offered(shape, descriptors.preferences.get(preference));
            requireSupported(!offered.isEmpty(), "no algorithm fits the preference");
            int returned = Math.min(requested, offered.size());
            for (int index = 0; index < returned; index++) {
                writeResult(results.address() + (long) index * RESULT_BYTES, offered.get(index), shape);
            }
            CallerMemory.writeInt(count, returned, "returnAlgoCount");
        });
    }

    private static List<Algorithm> offered(ProductShape shape, Descriptor preference) {
        List<Algorithm> offered = new ArrayList<>();
        for (int id : FASTEST_FIRST) {
            Algorithm algorithm = Algorithm.of(id);
            boolean reductionAllowed = algorithm.reduction() == Algorithm.NO_REDUCTION
                    || (preference.get("REDUCTION_SCHEME_MASK") & algorithm.reduction()) != 0;
            if (reductionAllowed && algorithm.takes(shape) && algorithm.workspaceBytes(shape) <= preference.get("MAX_WORKSPACE_BYTES")
                    && aligned(preference, "A", algorithm, shape.a()) && aligned(preference, "B", algorithm, shape.b())
                    && aligned(preference, "C", algorithm, shape.c()) && aligned(preference, "D", algorithm, shape.d())) {
                offered.add(algorithm);
            }
        }
        return offered;
    }

    private static boolean aligned(Descriptor preference, String name, Algorithm algorithm, MatrixShape matrix) {
        return preference.get("MIN_ALIGNMENT_" + name + "_BYTES") % algorithm.alignment(matrix.type()) == 0;
    }

    private static void writeResult(long address, Algorithm algorithm, ProductShape shape) {
        algorithm.write(address);
        CallerMemory.writeLong(MemorySegment.ofAddress(address + WORKSPACE_OFFSET), algorithm.workspaceBytes(shape), "workspaceSize");
        CallerMemory.writeInt(MemorySegment.ofAddress(address + STATE_OFFSET), BlasStatus.SUCCESS.code(), "state");
        CallerMemory.writeInt(MemorySegment.ofAddress(address + WAVES_OFFSET), Float.floatToRawIntBits(1), "wavesCount");
    }

    private int ids(long library, int compute, int scale, int a, int b, int c, int d, int requested, MemorySegment ids, MemorySegment count) {
        return gate.call("cublasLtMatmulAlgoGetIds", () -> {
            requireTypes(compute, scale, a, b, c, d);
            int returned = Math.min(requested, FASTEST_FIRST.length);
            for (int index = 0; index < returned; index++) {
                CallerMemory.writeInt(MemorySegment.ofAddress(ids.address() + (long) index * Integer.BYTES), FASTEST_FIRST[index], "algoIdsArray");
            }
            CallerMemory.writeInt(count, returned, "returnAlgoCount");
        });
    }

    private int initialise(long library, int compute, int scale, int a, int b, int c, int d, int id, MemorySegment algorithm) {
        return gate.call("cublasLtMatmulAlgoInit", () -> {
            requireTypes(compute, scale, a, b, c, d);
            Algorithm.of(id).write(algorithm);
        });
    }

    private static void requireTypes(int compute, int scale, int... types) {
        requireSupported(ComputeType.of(compute).isPresent() && scale == ElementType.FLOAT32.code(), "compute type " + compute + " with scale type " + scale);
        for (int type : types) {
            requireSupported(ElementType.of(type).isPresent(), "data type " + type);
        }
    }

    private int check(long library, long product, long a, long b, long c, long d, MemorySegment algorithm, MemorySegment result) {
        return gate.call("cublasLtMatmulAlgoCheck", () -> {
            Algorithm kept = Algorithm.read(algorithm);
            kept.requireConsistent();
            ProductShape shape = shape(product, a, b, c, d);
            requireSupported(kept.takes(shape), "algorithm " + kept.id() + " needs columns aligned to 16 bytes and at least " + kept.splits() + " terms");
            writeResult(result.address(), kept, shape);
        });
    }

    private int capability(MemorySegment algorithm, int attribute, MemorySegment buffer, long bytes, MemorySegment written) {
        return gate.call("cublasLtMatmulAlgoCapGetAttribute", () -> AlgorithmAttributes.capability(Algorithm.read(algorithm), attribute, buffer, bytes,
                written));
    }

    private int setConfiguration(MemorySegment algorithm, int attribute, MemorySegment buffer, long bytes) {
        return gate.call("cublasLtMatmulAlgoConfigSetAttribute",
                () -> AlgorithmAttributes.configured(Algorithm.read(algorithm), attribute, buffer, bytes).write(algorithm));
    }

    private int configuration(MemorySegment algorithm, int attribute, MemorySegment buffer, long bytes, MemorySegment written) {
        return gate.call("cublasLtMatmulAlgoConfigGetAttribute",
                () -> AlgorithmAttributes.configuration(Algorithm.read(algorithm), attribute, buffer, bytes, written));
    }
}
