package crosscut.bindings.onednn;

/** Numbers of dnnl_types.h. */
final class OneDnnConstants {

    static final int CPU_ENGINE = 1;
    static final int IN_ORDER_STREAM = 1;

    static final int ELTWISE_RELU = 0x20;
    static final int SCRATCHPAD_MODE_USER = 1;

    /** dnnl_format_tag_any. */
    static final int ANY_ORDER = 1;

    /** dnnl_BA16a64b: blocks of 64 columns, in each of them row after row. */
    static final int COLUMN_BLOCKS = 506;

    /** The same of 32 columns: BA16a32b. */
    static final int HALF_COLUMN_BLOCKS = 504;

    /** dnnl_BA16a64b2a: the same with two rows interleaved. */
    static final int COLUMN_BLOCKS_OF_ROW_PAIRS = 384;

    /** dnnl_BA16a32b2a: blocks of 32 columns, two rows interleaved. */
    static final int HALF_COLUMN_BLOCKS_OF_ROW_PAIRS = 382;

    static final int QUERY_IMPLEMENTATION_NAME = 8;
    static final int QUERY_WEIGHTS_LAYOUT = 131;
    static final int QUERY_SCRATCHPAD_LAYOUT = 136;

    static final int ARGUMENT_SOURCE = 1;
    static final int ARGUMENT_DESTINATION = 17;
    static final int ARGUMENT_WEIGHTS = 33;
    static final int ARGUMENT_BIAS = 41;
    static final int ARGUMENT_SCRATCHPAD = 80;

    private OneDnnConstants() {
    }
}
