package crosscut.bench.binding;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.bindings.LibraryLoader;
import crosscut.bindings.onednn.OneDnn;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every way of calling reaches the function and brings back the same. */
class BindingCallsTest {

    private static final String TEXT = "thirteen char";

    private final BindingCalls calls = new BindingCalls(TEXT);

    private interface Copy {

        byte[] run() throws Throwable;
    }

    @AfterEach
    void close() {
        calls.close();
    }

    @Test
    void allWaysFindTheLength() throws Throwable {
        assertThat(new long[] {calls.lengthByJni(), calls.lengthByOurBinding(), calls.lengthByFfm(), calls.lengthByFfmCritical(), calls.lengthByFfmWithArena()})
                .containsOnly(TEXT.length());
    }

    @Test
    void allWaysCopyTheBytes() throws Throwable {
        byte[] expected = Arrays.copyOf(TEXT.getBytes(StandardCharsets.US_ASCII), BindingCalls.BYTES);
        Copy[] ways = {calls::copyByJniCritical, calls::copyByFfmCritical, calls::copyByFfmThroughNative, calls::copyInJava};
        for (Copy way : ways) {
            byte[] copied = way.run();
            assertThat(copied).isEqualTo(expected);
            Arrays.fill(copied, (byte) -1);
        }
    }

    @Test
    @SuppressWarnings("restricted")
    void theFacadeSetsTheThreads() throws Throwable {
        MethodHandle threads = Linker.nativeLinker().downcallHandle(OneDnn.find(new LibraryLoader()).require().findOrThrow("omp_get_max_threads"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT));
        calls.facade();
        assertThat((int) threads.invokeExact()).isEqualTo(1);
    }
}
