package crosscut.bindings.onednn;

/** Element types of a matrix, with their dnnl_data_type_t. */
public enum ElementType {
    FLOAT32(3),
    BFLOAT16(2);

    private final int code;

    ElementType(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
