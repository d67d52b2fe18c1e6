package crosscut.bindings.cublaslt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import crosscut.bindings.AllocatedBytes;
import crosscut.bindings.ConstantValues;
import crosscut.bindings.LibraryLoader;
import crosscut.bindings.LoadReport;
import crosscut.bindings.NativeException;
import crosscut.bindings.StubLibrary;
import crosscut.bindings.UnavailableLibraryException;
import java.lang.foreign.Arena;
import java.lang.reflect.Field;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CublasLtTest {

    /** How the names of our constants begin, and those of the header. The first that fits counts. */
    private static final Map<String, String> HEADER_NAMES = prefixes("COMPUTE_", "CUBLAS_COMPUTE_", "R_", "CUDA_R_", "OPERATION_NONE", "CUBLAS_OP_N",
            "OPERATION_TRANSPOSE", "CUBLAS_OP_T", "TRANS", "CUBLASLT_MATMUL_DESC_TRANS", "EPILOGUE_", "CUBLASLT_EPILOGUE_", "EPILOGUE",
            "CUBLASLT_MATMUL_DESC_EPILOGUE", "BIAS_", "CUBLASLT_MATMUL_DESC_BIAS_", "AUX_", "CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_", "M",
            "CUBLASLT_MATMUL_PREF_M", "REDUCTION_SCHEME_MASK", "CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK", "REDUCTION_SCHEME_",
            "CUBLASLT_REDUCTION_SCHEME_");

    private static Map<String, String> prefixes(String... pairs) {
        Map<String, String> prefixes = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            prefixes.put(pairs[i], pairs[i + 1]);
        }
        return prefixes;
    }

    @Test
    void missingFunctionIsNamed() {
        assertThatExceptionOfType(UnavailableLibraryException.class).isThrownBy(() -> new CublasLt(new StubLibrary(0).without("cublasLtMatmul")))
                .withMessage("cuBLASLt has no function cublasLtMatmul: version 12 or 13 is needed; CROSSCUT_CUDA_LIBS names its folder");
    }

    @ParameterizedTest
    @EnumSource
    void statusesAreThoseOfTheHeader(CublasStatus status) {
        assertThat(ConstantValues.of(cublas.class)).containsEntry("CUBLAS_STATUS_" + status.name(), status.code());
    }

    @Test
    void statusHasNameTextAndAdvice() {
        assertThatExceptionOfType(NativeException.class).isThrownBy(new CublasLt(new StubLibrary(1))::createHandle).withMessage("cublasLtCreate returned "
                + "CUBLAS_STATUS_NOT_INITIALIZED (1): the library could not start on this GPU; look at nvidia-smi; the GPU needs free memory and a driver that fits "
                + "the library");
        assertThatExceptionOfType(NativeException.class).isThrownBy(new CublasLt(new StubLibrary(99))::createHandle)
                .withMessageStartingWith("cublasLtCreate returned unknown status (99)");
    }

    @Test
    void constantsAreThoseOfTheHeader() throws IllegalAccessException {
        Map<String, Integer> header = ConstantValues.of(cublas.class);
        header.putAll(ConstantValues.of(cudart.class));
        for (Field field : CublasLtConstants.class.getFields()) {
            String inHeader = HEADER_NAMES.entrySet().stream().filter(prefix -> field.getName().startsWith(prefix.getKey())).findFirst()
                    .map(prefix -> prefix.getValue() + field.getName().substring(prefix.getKey().length())).orElseThrow();
            assertThat(header).as("%s", field.getName()).containsEntry(inHeader, field.getInt(null));
        }
    }

    @Test
    void productThatTheLibraryDoesNotOfferHasNoAlgorithm() {
        CublasLt library = new CublasLt(new StubLibrary(CublasStatus.NOT_SUPPORTED.code()));
        MatmulHeuristics results = new MatmulHeuristics(Arena.ofAuto(), 4);
        results.setCount(3);
        library.heuristics(1, 2, 3, 4, 5, 6, 7, results);
        assertThat(results.count()).isZero();
        assertThat(library.isAlgorithmUsable(1, 2, 3, 4, 5, 6, results.algorithm(0), results)).isFalse();
    }

    @Test
    void matmulAllocatesNothing() {
        CublasLt library = new CublasLt(new StubLibrary(0));
        assertThat(AllocatedBytes.onceWarm(() -> library.matmul(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))).isZero();
    }

    /** Descriptors need no GPU. */
    @Test
    void installedLibraryMakesDescriptors() {
        LoadReport report = CublasLt.find(new LibraryLoader());
        Assumptions.assumeTrue(report.isLoaded(), () -> "no cuBLASLt on this machine: " + report.candidates());
        CublasLt library = new CublasLt(report.require());
        assertThat(library.version()).isGreaterThanOrEqualTo(120_000);
        long operation = library.createOperation(CublasLtConstants.COMPUTE_32F, CublasLtConstants.R_32F);
        library.setOperation(operation, CublasLtConstants.EPILOGUE, CublasLtConstants.EPILOGUE_RELU_AUX_BIAS);
        library.setOperation(operation, CublasLtConstants.AUX_LD, 1024L);
        assertThatExceptionOfType(NativeException.class).isThrownBy(() -> library.setOperation(operation, -1, 0))
                .withMessageContaining("CUBLAS_STATUS_INVALID_VALUE (7)");
        long layout = library.createLayout(CublasLtConstants.R_16BF, 128, 64, 128);
        long preference = library.createPreference();
        library.setPreference(preference, CublasLtConstants.MAX_WORKSPACE_BYTES, 1L << 20);
        library.setPreference(preference, CublasLtConstants.REDUCTION_SCHEME_MASK, CublasLtConstants.REDUCTION_SCHEME_COMPUTE_TYPE);
        library.setPreference(preference, CublasLtConstants.MIN_ALIGNMENT_D_BYTES, 256);
        assertThatExceptionOfType(NativeException.class).as("a 64-bit attribute").isThrownBy(() -> library.setPreference(preference,
                CublasLtConstants.MAX_WORKSPACE_BYTES, 1 << 20)).withMessageContaining("CUBLAS_STATUS_INVALID_VALUE (7)");
        MatmulHeuristics results = new MatmulHeuristics(Arena.ofAuto(), 4);
        assertThatExceptionOfType(NativeException.class).as("no handle")
                .isThrownBy(() -> library.heuristics(0, operation, layout, layout, layout, layout, preference, results))
                .withMessageStartingWith("cublasLtMatmulAlgoGetHeuristic returned CUBLAS_STATUS_");
        library.destroyPreference(preference);
        library.destroyLayout(layout);
        library.destroyOperation(operation);
    }

    /** Where there is no GPU it says so and nothing else happens. */
    @Test
    void installedLibraryStartsOnAGpuOnly() {
        LoadReport report = CublasLt.find(new LibraryLoader());
        Assumptions.assumeTrue(report.isLoaded(), () -> "no cuBLASLt on this machine: " + report.candidates());
        CublasLt library = new CublasLt(report.require());
        try {
            library.destroyHandle(library.createHandle());
        } catch (NativeException refused) {
            assertThat(refused).hasMessageStartingWith("cublasLtCreate returned CUBLAS_STATUS_NOT_INITIALIZED (1): ");
        }
    }
}
