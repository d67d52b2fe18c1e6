package crosscut.bindings.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import crosscut.bindings.LibraryLoader;
import crosscut.bindings.LoadReport;
import crosscut.bindings.NativeException;
import crosscut.bindings.UnavailableLibraryException;
import crosscut.bindings.UnsupportedPrimitiveException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OneDnnTest {

    private static MatrixLayout dense(long rows, long columns, ElementType type) {
        return new MatrixLayout(rows, columns, type, columns, 1);
    }

    @Test
    void reportNamesThePlaceItWasOpenedFrom() {
        LoadReport report = OneDnn.find(new LibraryLoader());
        assertThat(report.isLoaded()).isTrue();
        assertThat(report.candidates().getLast().toString()).startsWith("bundled onednn in ").endsWith(": opened");
    }

    @Test
    void productWithBiasAccumulationAndReluIsComputedInTransposedLayouts() {
        MatrixLayout source = dense(3, 2, ElementType.FLOAT32).transposed();
        MatmulDescription description = new MatmulDescription(source, dense(3, 2, ElementType.FLOAT32), dense(2, 2, ElementType.FLOAT32), true, true, true, false);
        try (OneDnn library = OneDnn.open(); OneDnnStream stream = library.newStream(); Matmul matmul = library.newMatmul(description);
                MatmulExecution execution = matmul.newExecution(); Arena arena = Arena.ofConfined()) {
            assertThat(library.version()).startsWith("3.");
            assertThat(matmul.implementation()).isNotBlank();
            MemorySegment a = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2, 3, 4, 5, 6);
            MemorySegment b = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, -1, 0, 2, 1, -1);
            MemorySegment bias = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 10, -20);
            MemorySegment c = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 100, 1, 1000, 100);
            MemorySegment scratch = arena.allocate(Math.max(1, matmul.scratchpadByteSize()), 64);
            execution.run(stream, a.address(), b.address(), bias.address(), c.address(), scratch.address());
            // a^T = (1 3 5; 2 4 6), a^T b = (6 0; 8 0)
            assertThat(c.toArray(ValueLayout.JAVA_FLOAT)).containsExactly(116, 0, 1018, 80);
        }
    }

    @Test
    void packedWeightsGiveTheSameProduct() {
        MatmulDescription description = new MatmulDescription(dense(2, 3, ElementType.FLOAT32), dense(2, 3, ElementType.FLOAT32).transposed(),
                dense(2, 2, ElementType.FLOAT32), false, false, false, true);
        try (OneDnn library = OneDnn.open(); OneDnnStream stream = library.newStream(); Matmul matmul = library.newMatmul(description);
                MatmulExecution execution = matmul.newExecution(); WeightPacking packing = matmul.newPacking(); Arena arena = Arena.ofConfined()) {
            MemorySegment a = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2, 3, 4, 5, 6);
            MemorySegment b = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, -1, 0, 2, 1, -1);
            MemorySegment packed = arena.allocate(matmul.weightsByteSize(), 64);
            MemorySegment c = arena.allocate(4 * Float.BYTES, 64);
            MemorySegment scratch = arena.allocate(Math.max(64, Math.max(matmul.scratchpadByteSize(), packing.scratchpadByteSize())), 64);
            packing.run(stream, b.address(), packed.address(), scratch.address());
            execution.run(stream, a.address(), packed.address(), 0, c.address(), scratch.address());
            // b^T = (1 2; -1 1; 0 -1)
            assertThat(c.toArray(ValueLayout.JAVA_FLOAT)).containsExactly(-1, 1, -1, 7);
            assertThat(matmul.hasWeightsLike(matmul)).isTrue();
            try (Matmul plain = library.newMatmul(new MatmulDescription(dense(2, 3, ElementType.FLOAT32), dense(3, 2, ElementType.FLOAT32),
                    dense(2, 2, ElementType.FLOAT32), false, false, false, false))) {
                assertThat(plain.weightsByteSize()).isEqualTo(6 * Float.BYTES);
            }
        }
    }

    @Test
    void unsupportedProductCanBeToldFromAMistake() {
        MatmulDescription mixed = new MatmulDescription(dense(4, 4, ElementType.BFLOAT16), dense(4, 4, ElementType.FLOAT32),
                dense(4, 4, ElementType.BFLOAT16), false, false, false, false);
        MatmulDescription wrong = new MatmulDescription(dense(4, 5, ElementType.FLOAT32), dense(4, 4, ElementType.FLOAT32),
                dense(4, 4, ElementType.FLOAT32), false, false, false, false);
        try (OneDnn library = OneDnn.open()) {
            assertThatExceptionOfType(UnsupportedPrimitiveException.class).isThrownBy(() -> library.newMatmul(mixed))
                    .withMessage("dnnl_matmul_primitive_desc_create returned dnnl_unimplemented (3): this CPU has no implementation of the operation; "
                            + "use the Java matrix products or another precision");
            assertThatExceptionOfType(NativeException.class).isThrownBy(() -> library.newMatmul(wrong))
                    .isNotInstanceOf(UnsupportedPrimitiveException.class)
                    .satisfies(thrown -> assertThat(thrown.code()).isEqualTo(2))
                    .withMessageContaining("dnnl_invalid_arguments (2): an argument is invalid");
        }
    }

    @Test
    void missingFunctionIsNamed() {
        SymbolLookup symbols = OneDnn.find(new LibraryLoader()).require();
        SymbolLookup without = name -> name.equals("dnnl_stream_wait") ? Optional.empty() : symbols.find(name);
        assertThatExceptionOfType(UnavailableLibraryException.class).isThrownBy(() -> new OneDnn(without)).withMessage(
                "oneDNN was opened but has no function dnnl_stream_wait: it is no oneDNN 3 built with OpenMP; unset CROSSCUT_ONEDNN to use the bundled one");
    }

    @Test
    void overrideThatIsMissingIsNotReplacedByAnotherLibrary() {
        LoadReport report = OneDnn.find(new LibraryLoader(name -> {
            throw new AssertionError("nothing may be opened");
        }, name -> name.equals(OneDnn.OVERRIDE_VARIABLE) ? "/none/libdnnl.so.3" : null));
        assertThatExceptionOfType(UnavailableLibraryException.class).isThrownBy(report::require)
                .withMessage("oneDNN is not available (/none/libdnnl.so.3: no such file); CROSSCUT_ONEDNN can name its file");
    }
}
