package crosscut.kernels.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class KernelArgumentsTest {

    @Test
    void everyPointerLeadsToItsValue() {
        MemorySegment block = new KernelArguments().address(1L << 40).int32(-2).int64(-3).float32(0.5f).float64(0.25).layOut();
        assertThat(cell(block, 0).get(ValueLayout.JAVA_LONG, 0)).isEqualTo(1L << 40);
        assertThat(cell(block, 1).get(ValueLayout.JAVA_INT, 0)).isEqualTo(-2);
        assertThat(cell(block, 2).get(ValueLayout.JAVA_LONG, 0)).isEqualTo(-3);
        assertThat(cell(block, 3).get(ValueLayout.JAVA_FLOAT, 0)).isEqualTo(0.5f);
        assertThat(cell(block, 4).get(ValueLayout.JAVA_DOUBLE, 0)).isEqualTo(0.25);
    }

    @Test
    void manyArgumentsFit() {
        KernelArguments arguments = new KernelArguments();
        for (int index = 0; index < 100; index++) {
            arguments.int32(index);
        }
        MemorySegment block = arguments.layOut();
        for (int index = 0; index < 100; index++) {
            assertThat(cell(block, index).get(ValueLayout.JAVA_INT, 0)).isEqualTo(index);
        }
    }

    @Test
    void aKernelWithoutParametersHasABlockToo() {
        assertThat(new KernelArguments().layOut().byteSize()).isPositive();
    }

    /** What the pointer at {@code index} points to, which lies in the same block. */
    private static MemorySegment cell(MemorySegment block, int index) {
        long offset = block.getAtIndex(ValueLayout.JAVA_LONG, index) - block.address();
        return block.asSlice(offset, Long.BYTES);
    }
}
