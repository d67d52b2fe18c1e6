package crosscut.bindings.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.bindings.ConstantValues;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.dnnl.global.dnnl;
import org.junit.jupiter.api.Test;

/** Our numbers against those that the JavaCPP preset took from the same headers. Its class is read, never initialised: that would load natives. */
class OneDnnConstantsTest {

    private static final Map<String, Integer> HEADERS = ConstantValues.of(dnnl.class);

    @Test
    void constantsAreThoseOfTheHeaders() {
        assertThat(OneDnnConstants.CPU_ENGINE).isEqualTo(dnnl.dnnl_cpu);
        assertThat(OneDnnConstants.IN_ORDER_STREAM).isEqualTo(dnnl.dnnl_stream_in_order);
        assertThat(OneDnnConstants.ELTWISE_RELU).isEqualTo(dnnl.dnnl_eltwise_relu);
        assertThat(OneDnnConstants.SCRATCHPAD_MODE_USER).isEqualTo(dnnl.dnnl_scratchpad_mode_user);
        assertThat(OneDnnConstants.COLUMN_BLOCKS).isEqualTo(dnnl.dnnl_BA16a64b);
        assertThat(OneDnnConstants.COLUMN_BLOCKS_OF_ROW_PAIRS).isEqualTo(dnnl.dnnl_BA16a64b2a);
        assertThat(OneDnnConstants.HALF_COLUMN_BLOCKS_OF_ROW_PAIRS).isEqualTo(dnnl.dnnl_BA16a32b2a);
        assertThat(OneDnnConstants.QUERY_IMPLEMENTATION_NAME).isEqualTo(dnnl.dnnl_query_impl_info_str);
        assertThat(OneDnnConstants.QUERY_SCRATCHPAD_LAYOUT).isEqualTo(dnnl.dnnl_query_scratchpad_md);
        assertThat(OneDnnConstants.ARGUMENT_SOURCE).isEqualTo(dnnl.DNNL_ARG_SRC);
        assertThat(OneDnnConstants.ARGUMENT_WEIGHTS).isEqualTo(dnnl.DNNL_ARG_WEIGHTS);
        assertThat(OneDnnConstants.ARGUMENT_DESTINATION).isEqualTo(dnnl.DNNL_ARG_DST);
        assertThat(OneDnnConstants.ARGUMENT_BIAS).isEqualTo(dnnl.DNNL_ARG_BIAS);
        assertThat(OneDnnConstants.ARGUMENT_SCRATCHPAD).isEqualTo(dnnl.DNNL_ARG_SCRATCHPAD);
        assertThat(ElementType.FLOAT32.code()).isEqualTo(dnnl.dnnl_f32);
        assertThat(ElementType.BFLOAT16.code()).isEqualTo(dnnl.dnnl_bf16);
    }

    @Test
    void statusesAreThoseOfTheHeaders() {
        for (OneDnnStatus status : OneDnnStatus.values()) {
            assertThat(status.ordinal()).as("%s", status).isEqualTo(HEADERS.get("dnnl_" + status.name().toLowerCase(Locale.ROOT)));
        }
    }

    @Test
    void instructionSetsAreThoseOfTheHeaders() {
        for (InstructionSet set : InstructionSet.values()) {
            String name = set == InstructionSet.NONE ? "default" : set.name().toLowerCase(Locale.ROOT);
            assertThat(set.code()).as("%s", set).isEqualTo(HEADERS.get("dnnl_cpu_isa_" + name));
            assertThat(InstructionSet.of(set.code())).isEqualTo(set);
        }
        assertThat(InstructionSet.of(InstructionSet.AVX512_CORE_BF16.code() | 0x40000000)).isEqualTo(InstructionSet.AVX512_CORE_BF16);
    }

    @Test
    void bfloat16NeedsItsUnits() {
        assertThat(InstructionSet.AVX512_CORE.hasBfloat16()).isFalse();
        assertThat(InstructionSet.AVX512_CORE_VNNI.hasBfloat16()).isFalse();
        assertThat(InstructionSet.AVX2.hasBfloat16()).isFalse();
        assertThat(InstructionSet.AVX2_VNNI_2.hasBfloat16()).isTrue();
        assertThat(InstructionSet.AVX512_CORE_BF16.hasBfloat16()).isTrue();
        assertThat(InstructionSet.AVX10_1_512_AMX.hasBfloat16()).isTrue();
        assertThat(InstructionSet.AVX10_2.hasBfloat16()).isTrue();
    }
}
