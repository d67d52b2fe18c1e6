package crosscut.simulator.blas;

import static crosscut.simulator.blas.BlasException.requireSupported;
import static crosscut.simulator.blas.BlasException.requireValid;
import static crosscut.simulator.upcall.UpcallSymbols.status;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import crosscut.simulator.upcall.CallerMemory;
import crosscut.simulator.upcall.HandleTable;
import crosscut.simulator.upcall.UpcallSymbols;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;

/** Descriptors of products, layouts of matrices and preferences: made, filled, read, destroyed. */
final class DescriptorCalls {

    final HandleTable<Descriptor> products = new HandleTable<>("cublasLtMatmulDesc_t", 11);
    final HandleTable<Descriptor> layouts = new HandleTable<>("cublasLtMatrixLayout_t", 12);
    final HandleTable<Descriptor> preferences = new HandleTable<>("cublasLtMatmulPreference_t", 13);
    private final BlasGate gate;

    DescriptorCalls(BlasGate gate) {
        this.gate = gate;
    }

    void addTo(UpcallSymbols symbols) {
        MethodHandles.Lookup here = MethodHandles.lookup();
        symbols.add(here, this, "cublasLtMatmulDescCreate", "createProduct", status(ADDRESS, JAVA_INT, JAVA_INT))
                .add(here, this, "cublasLtMatrixLayoutCreate", "createLayout", status(ADDRESS, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG))
                .add(here, this, "cublasLtMatmulPreferenceCreate", "createPreference", status(ADDRESS));
        new Family("cublasLtMatmulDesc", products).addTo(symbols);
        new Family("cublasLtMatrixLayout", layouts).addTo(symbols);
        new Family("cublasLtMatmulPreference", preferences).addTo(symbols);
    }

    private int createProduct(MemorySegment product, int computeType, int scaleType) {
        return gate.call("cublasLtMatmulDescCreate", () -> {
            requireSupported(ComputeType.of(computeType).isPresent(), "compute type " + computeType
                    + "; the simulator has CUBLAS_COMPUTE_32F and its FAST_TF32");
            requireSupported(scaleType == ElementType.FLOAT32.code(), "scale type " + scaleType + "; with these compute types it is CUDA_R_32F");
            Descriptor made = new Descriptor("cublasLtMatmulDesc_t", Attribute.OF_PRODUCT);
            made.set("COMPUTE_TYPE", computeType);
            made.set("SCALE_TYPE", scaleType);
            CallerMemory.writeLong(product, products.add(made), "matmulDesc");
        });
    }

    private int createLayout(MemorySegment layout, int type, long rows, long columns, long leadingDimension) {
        return gate.call("cublasLtMatrixLayoutCreate", () -> {
            requireSupported(ElementType.of(type).isPresent(), "data type " + type + "; the simulator has CUDA_R_32F, CUDA_R_16F and CUDA_R_16BF");
            requireValid(rows >= 0 && columns >= 0, "a matrix of " + rows + " x " + columns);
            Descriptor made = new Descriptor("cublasLtMatrixLayout_t", Attribute.OF_LAYOUT);
            made.set("TYPE", type);
            made.set("ROWS", rows);
            made.set("COLS", columns);
            made.set("LD", leadingDimension);
            CallerMemory.writeLong(layout, layouts.add(made), "matLayout");
        });
    }

    private int createPreference(MemorySegment preference) {
        return gate.call("cublasLtMatmulPreferenceCreate",
                () -> CallerMemory.writeLong(preference, preferences.add(new Descriptor("cublasLtMatmulPreference_t", Attribute.OF_PREFERENCE)), "pref"));
    }

    /** The three functions that every kind of descriptor has. */
    private final class Family {

        private final String prefix;
        private final HandleTable<Descriptor> handles;

        Family(String prefix, HandleTable<Descriptor> handles) {
            this.prefix = prefix;
            this.handles = handles;
        }

        void addTo(UpcallSymbols symbols) {
            MethodHandles.Lookup here = MethodHandles.lookup();
            symbols.add(here, this, prefix + "Destroy", "destroy", status(JAVA_LONG))
                    .add(here, this, prefix + "SetAttribute", "setAttribute", status(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG))
                    .add(here, this, prefix + "GetAttribute", "getAttribute", status(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS));
        }

        private int destroy(long handle) {
            return gate.call(prefix + "Destroy", () -> handles.remove(handle));
        }

        private int setAttribute(long handle, int attribute, MemorySegment buffer, long bytes) {
            return gate.call(prefix + "SetAttribute", () -> handles.get(handle).set(attribute, buffer, bytes));
        }

        private int getAttribute(long handle, int attribute, MemorySegment buffer, long bytes, MemorySegment written) {
            return gate.call(prefix + "GetAttribute", () -> handles.get(handle).get(attribute, buffer, bytes, written));
        }
    }
}
