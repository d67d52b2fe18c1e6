package crosscut.bindings.generated;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.bindings.ConstantValues;
import crosscut.bindings.generated.cublaslt.CublasLt;
import crosscut.bindings.generated.cublaslt.cublasLtMatmulAlgo_t;
import crosscut.bindings.generated.cublaslt.cublasLtMatmulHeuristicResult_t;
import crosscut.bindings.generated.cuda.CUaccessPolicyWindow_st;
import crosscut.bindings.generated.cuda.CUlaunchConfig_st;
import crosscut.bindings.generated.cuda.CUlaunchMemSyncDomainMap_st;
import crosscut.bindings.generated.cuda.Cuda;
import crosscut.bindings.generated.nccl.Nccl;
import crosscut.bindings.generated.nccl.ncclUniqueId;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.PaddingLayout;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import jcuda.driver.CUctx_flags;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUresult;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstreamCaptureStatus;
import jcuda.driver.CUstream_flags;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.nccl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What jextract printed against what the presets of JavaCPP and JCuda took from headers of other versions, and who may use it. */
class GeneratedCodeTest {

    /** Values that follow the version. */
    private static final Set<String> OF_THE_VERSION = Set.of("CUDA_VERSION", "CUBLAS_VERSION", "CUBLAS_VER_MAJOR", "CUBLAS_VER_MINOR", "CUBLAS_VER_PATCH",
            "CUBLAS_VER_BUILD", "CUBLASLT_MATMUL_TILE_END", "CUBLASLT_MATMUL_STAGES_END", "NCCL_MAJOR", "NCCL_MINOR", "NCCL_PATCH", "NCCL_VERSION_CODE",
            "ncclNumResults", "CU_DEVICE_ATTRIBUTE_MAX", "CU_FUNC_ATTRIBUTE_MAX", "CU_JIT_NUM_OPTIONS", "CU_LAUNCH_ATTRIBUTE_MAX", "CU_CTX_FLAGS_MASK");

    @Test
    void driverConstantsAreThoseOfTheHeader() {
        assertThat(compared(Cuda.class, ConstantValues.of(cudart.class))).isGreaterThan(390);
    }

    @Test
    void driverConstantsAreThoseOfJCuda() {
        Map<String, Integer> values = new HashMap<>();
        for (Class<?> type : List.of(CUresult.class, CUdevice_attribute.class, CUfunction_attribute.class, CUjit_option.class, CUstream_flags.class,
                CUevent_flags.class, CUctx_flags.class, CUstreamCaptureMode.class, CUstreamCaptureStatus.class)) {
            values.putAll(ConstantValues.of(type));
        }
        assertThat(compared(Cuda.class, values)).isGreaterThan(250);
    }

    @Test
    void cublasLtConstantsAreThoseOfTheHeader() {
        Map<String, Integer> values = ConstantValues.of(cublas.class);
        values.putAll(ConstantValues.of(cudart.class));
        assertThat(compared(CublasLt.class, values)).isGreaterThan(270);
    }

    @Test
    void ncclConstantsAreThoseOfTheHeader() {
        assertThat(compared(Nccl.class, ConstantValues.of(nccl.class))).isGreaterThan(50);
    }

    /** Compares every constant that both have and returns how many that are. */
    private static int compared(Class<?> generated, Map<String, Integer> expected) {
        int compared = 0;
        List<String> differences = new ArrayList<>();
        for (Method method : generated.getMethods()) {
            Integer theirs = expected.get(method.getName());
            if (theirs != null && isConstant(method) && !OF_THE_VERSION.contains(method.getName())) {
                compared++;
                int ours = value(method);
                if (ours != theirs) {
                    differences.add(method.getName() + ": " + ours + " and not " + theirs);
                }
            }
        }
        assertThat(differences).isEmpty();
        return compared;
    }

    private static boolean isConstant(Method method) {
        return Modifier.isStatic(method.getModifiers()) && method.getParameterCount() == 0 && method.getReturnType() == int.class;
    }

    private static int value(Method constant) {
        try {
            return (int) constant.invoke(null);
        } catch (ReflectiveOperationException broken) {
            throw new IllegalStateException(broken);
        }
    }

    @Test
    void membersOfStructsAreThoseOfTheHeader() {
        assertMembers(cublasLtMatmulHeuristicResult_t.layout(), org.bytedeco.cuda.cublas.cublasLtMatmulHeuristicResult_t.class);
        assertMembers(CUlaunchConfig_st.layout(), org.bytedeco.cuda.cudart.CUlaunchConfig.class);
        assertMembers(CUlaunchMemSyncDomainMap_st.layout(), org.bytedeco.cuda.cudart.CUlaunchMemSyncDomainMap.class);
        assertMembers(CUaccessPolicyWindow_st.layout(), org.bytedeco.cuda.cudart.CUaccessPolicyWindow_v1.class);
    }

    /** JavaCPP has one native getter per member, in the order of the header. */
    private static void assertMembers(MemoryLayout layout, Class<?> preset) {
        List<String> expected;
        try (var in = preset.getResourceAsStream(preset.getSimpleName() + ".class")) {
            expected = ClassFile.of().parse(in.readAllBytes()).methods().stream()
                    .filter(method -> method.flags().has(AccessFlag.NATIVE) && !method.methodName().equalsString("allocate")
                            && !method.methodName().equalsString("allocateArray"))
                    .map(method -> method.methodName().stringValue()).distinct().toList();
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
        List<String> members = ((GroupLayout) layout).memberLayouts().stream().filter(member -> !(member instanceof PaddingLayout))
                .map(member -> member.name().orElseThrow()).toList();
        assertThat(members).as("%s", layout).isEqualTo(expected);
    }

    /** Worked out by hand from the declarations and the rules of the C ABI. */
    @ParameterizedTest
    @CsvSource({"algo, 0, 64", "workspaceSize, 64, 8", "state, 72, 4", "wavesCount, 76, 4", "reserved, 80, 16"})
    void resultsOfHeuristicsLieWhereCPutsThem(String member, long offset, long byteSize) {
        MemoryLayout layout = cublasLtMatmulHeuristicResult_t.layout();
        assertThat(layout.byteOffset(PathElement.groupElement(member))).isEqualTo(offset);
        assertThat(layout.select(PathElement.groupElement(member)).byteSize()).isEqualTo(byteSize);
        assertThat(layout.byteSize()).isEqualTo(96);
    }

    @Test
    void opaqueStructsHaveTheirSizes() {
        assertThat(cublasLtMatmulAlgo_t.sizeof()).isEqualTo(8 * Long.BYTES);
        assertThat(ncclUniqueId.sizeof()).isEqualTo(nccl.NCCL_UNIQUE_ID_BYTES);
    }

    @Test
    void onlyFacadesUseGeneratedCode() throws IOException {
        Path project = Path.of("").toAbsolutePath().getParent();
        Path bindings = project.resolve("native-bindings/src/main/java/crosscut/bindings");
        List<Path> allowed = Stream.of("generated", "cuda", "cublaslt", "nccl").map(bindings::resolve).toList();
        try (Stream<Path> modules = Files.list(project)) {
            List<Path> sources = modules.map(module -> module.resolve("src/main")).filter(Files::isDirectory).toList();
            assertThat(sources).hasSizeGreaterThan(4);
            for (Path source : sources) {
                assertNoneUsesGeneratedCode(source, allowed);
            }
        }
    }

    private static void assertNoneUsesGeneratedCode(Path sources, List<Path> allowed) throws IOException {
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".java")).toList()) {
                if (allowed.stream().noneMatch(file::startsWith)) {
                    assertThat(Files.readString(file)).as("%s", file).doesNotContain("crosscut.bindings.generated");
                }
            }
        }
    }
}
