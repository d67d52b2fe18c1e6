package crosscut.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.simulator.blas.SimulatedCublasLt;
import crosscut.simulator.driver.SimulatedCuda;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The simulated libraries' signatures, written from the headers, against those of the bindings, which jextract read from the same headers. */
class SignaturesTest {

    private static final String DESCRIPTOR = "$descriptor";

    @Test
    void theDriverHasTheSignaturesOfTheBindings() throws ReflectiveOperationException {
        try (SimulatedCuda cuda = new SimulatedCuda(SimulatorOptions.defaults())) {
            compare(crosscut.bindings.generated.cuda.Cuda.class, cuda.descriptors());
        }
    }

    @Test
    void cublasLtHasTheSignaturesOfTheBindings() throws ReflectiveOperationException {
        try (SimulatedCuda cuda = new SimulatedCuda(SimulatorOptions.defaults()); SimulatedCublasLt blas = new SimulatedCublasLt(cuda, 0)) {
            compare(crosscut.bindings.generated.cublaslt.CublasLt.class, blas.descriptors());
        }
    }

    private static void compare(Class<?> generated, Map<String, FunctionDescriptor> written) throws ReflectiveOperationException {
        Map<String, String> expected = new HashMap<>();
        for (Method method : generated.getMethods()) {
            if (method.getName().endsWith(DESCRIPTOR)) {
                expected.put(method.getName().replace(DESCRIPTOR, ""), signature((FunctionDescriptor) method.invoke(null)));
            }
        }
        Map<String, String> actual = new HashMap<>();
        written.forEach((name, descriptor) -> actual.put(name, signature(descriptor)));
        assertThat(expected).hasSizeGreaterThan(30);
        assertThat(actual).containsAllEntriesOf(expected);
    }

    /** Sizes and kinds of the values; pointers, handles and 8-byte integers travel the same way. */
    private static String signature(FunctionDescriptor descriptor) {
        StringBuilder text = new StringBuilder(descriptor.returnLayout().map(SignaturesTest::kind).orElse("nothing"));
        descriptor.argumentLayouts().forEach(layout -> text.append(' ').append(kind(layout)));
        return text.toString();
    }

    private static String kind(MemoryLayout layout) {
        return layout instanceof ValueLayout value && (value.carrier() == float.class || value.carrier() == double.class) ? "real" + layout.byteSize()
                : (layout instanceof ValueLayout ? "integer" : "structure") + layout.byteSize();
    }
}
