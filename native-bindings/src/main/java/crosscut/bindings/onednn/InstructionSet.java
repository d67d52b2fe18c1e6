package crosscut.bindings.onednn;

/**
 * The instructions that oneDNN uses on this CPU (dnnl_cpu_isa_t). Every code holds the bits of the sets that it contains.
 */
public enum InstructionSet {
    NONE(0x0),
    SSE41(0x1),
    AVX(0x3),
    AVX2(0x7),
    AVX2_VNNI(0xf),
    AVX2_VNNI_2(0x1f),
    AVX512_CORE(0x27),
    AVX512_CORE_VNNI(0x67),
    AVX512_CORE_BF16(0xe7),
    AVX10_1_512(0x1ef),
    AVX10_1_512_AMX(0xfef),
    AVX10_1_512_AMX_FP16(0x1fef),
    AVX10_2(0x201ff),
    AVX10_2_AMX_2(0x22fff);

    private final int code;

    InstructionSet(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /** The largest known set that {@code effective} contains: an unknown newer code still names the best that we know of. */
    static InstructionSet of(int effective) {
        InstructionSet best = NONE;
        for (InstructionSet set : values()) {
            if ((effective & set.code) == set.code) {
                best = set;
            }
        }
        return best;
    }

    /** True when bf16 products run on bf16 units at least as fast as fp32 ones; elsewhere oneDNN emulates them or has none. */
    public boolean hasBfloat16() {
        return contains(AVX512_CORE_BF16) || contains(AVX2_VNNI_2);
    }

    /** False where oneDNN has no kernels for matrix products, only plain loops. */
    public boolean hasAvx2() {
        return contains(AVX2);
    }

    /** Registers of 512 bits. */
    public boolean hasAvx512() {
        return contains(AVX512_CORE);
    }

    private boolean contains(InstructionSet other) {
        return (code & other.code) == other.code;
    }
}
