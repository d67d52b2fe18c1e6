package crosscut.kernels.random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The known answers that Random123 publishes for philox4x32-10. */
final class PhiloxTest {

    @Test
    void knownAnswers() {
        assertThat(block(0, 0, 0)).containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
        assertThat(block(-1, -1, -1)).containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
        assertThat(block(0x85a308d3_243f6a88L, 0x03707344_13198a2eL, 0x299f31d0_a4093822L))
                .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
    }

    private static int[] block(long counterLow, long counterHigh, long key) {
        Philox philox = new Philox();
        philox.generate(counterLow, counterHigh, key);
        return new int[] {philox.word(0), philox.word(1), philox.word(2), philox.word(3)};
    }
}
