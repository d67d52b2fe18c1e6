package crosscut.bindings.linux;

import crosscut.bindings.NativeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@EnabledOnOs(OS.LINUX)
final class AnonymousMemoryTest {

    @Test
    void isZeroAlignedWritableAndGoneWithItsArena() {
        MemorySegment segment;
        try (Arena arena = Arena.ofShared()) {
            segment = AnonymousMemory.map(arena, (3 << 20) + 5);
            assertThat(segment.byteSize()).isEqualTo((3 << 20) + 5);
            assertThat(segment.address() % AnonymousMemory.HUGE_PAGE).isZero();
            for (long offset = 0; offset < segment.byteSize(); offset += 4093) {
                assertThat(segment.get(ValueLayout.JAVA_BYTE, offset)).isZero();
            }
            segment.set(ValueLayout.JAVA_BYTE, segment.byteSize() - 1, (byte) 9);
            assertThat(segment.get(ValueLayout.JAVA_BYTE, segment.byteSize() - 1)).isEqualTo((byte) 9);
        }
        assertThatThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void mayBeLargerThanTheHeapAndCostsNothingUntilTouched() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = AnonymousMemory.map(arena, 8L << 30);
            segment.set(ValueLayout.JAVA_BYTE, (8L << 30) - 1, (byte) 1);
            assertThat(segment.get(ValueLayout.JAVA_BYTE, 4L << 30)).isZero();
        }
    }

    @Test
    void saysWhatTheSystemRefuses() {
        try (Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> AnonymousMemory.map(arena, 1L << 60))
                    .isInstanceOf(NativeException.class)
                    .hasMessageStartingWith("mmap returned an errno (12): the operating system refused");
        }
    }
}
