package crosscut.bindings.nvtx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.bindings.LibraryLoader;
import crosscut.bindings.LoadReport;
import crosscut.bindings.UnavailableLibraryException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class NvtxTest {

    private final Deque<String> open = new ArrayDeque<>();
    private final List<String> seen = new ArrayList<>();

    @SuppressWarnings("restricted")
    int push(long name) {
        String text = MemorySegment.ofAddress(name).reinterpret(Long.MAX_VALUE).getString(0);
        open.push(text);
        seen.add(text);
        return open.size() - 1;
    }

    int pop() {
        open.pop();
        return open.size();
    }

    @SuppressWarnings("restricted")
    private MemorySegment stub(String method, FunctionDescriptor descriptor, Arena arena) throws ReflectiveOperationException {
        MethodHandle handle = MethodHandles.lookup().bind(this, method, descriptor.toMethodType());
        return Linker.nativeLinker().upcallStub(handle, descriptor, arena);
    }

    @Test
    void namesAndNestingReachTheLibrary() throws ReflectiveOperationException {
        try (Arena arena = Arena.ofConfined()) {
            Map<String, MemorySegment> symbols = Map.of(
                    "nvtxRangePushA", stub("push", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG), arena),
                    "nvtxRangePop", stub("pop", FunctionDescriptor.of(ValueLayout.JAVA_INT), arena));
            Nvtx nvtx = new Nvtx(name -> Optional.ofNullable(symbols.get(name)));
            assertThat(nvtx.push(nvtx.name("step"))).isZero();
            assertThat(nvtx.push(nvtx.name("bottom.0"))).isOne();
            assertThat(nvtx.pop()).isOne();
            assertThat(nvtx.pop()).isZero();
            assertThat(seen).containsExactly("step", "bottom.0");
        }
    }

    @Test
    void aLibraryWithoutItsFunctionsIsRefused() {
        SymbolLookup empty = _ -> Optional.empty();
        assertThatThrownBy(() -> new Nvtx(empty)).isInstanceOf(UnavailableLibraryException.class).hasMessage("NVTX has no function nvtxRangePushA");
    }

    @Test
    void theRealLibraryTakesRangesWithoutAProfiler() {
        LoadReport report = Nvtx.find(new LibraryLoader());
        Assumptions.assumeTrue(report.isLoaded(), () -> "no NVTX here: " + report.candidates());
        Nvtx nvtx = new Nvtx(report.require());
        assertThat(nvtx.push(nvtx.name("a range"))).isLessThanOrEqualTo(0);
        assertThat(nvtx.pop()).isLessThanOrEqualTo(0);
    }
}
