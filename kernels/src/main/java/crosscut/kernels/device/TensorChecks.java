package crosscut.kernels.device;

/** What an op demands of its tensors when it is bound. Each throws {@link IllegalArgumentException} naming the tensor, what it is and what it should be. */
public final class TensorChecks {

    private TensorChecks() {
    }

    /** Demands exactly (rows, columns). */
    public static void shape(String name, Tensor tensor, long rows, int columns) {
        if (tensor.rows() != rows || tensor.columns() != columns) {
            throw new IllegalArgumentException(name + " is " + tensor.shape() + " where " + rows + " x " + columns + " is needed");
        }
    }

    /** Demands the shape of {@code other}. */
    public static void sameShape(String name, Tensor tensor, Tensor other) {
        shape(name, tensor, other.rows(), other.columns());
    }

    /** Demands the element type. */
    public static void type(String name, Tensor tensor, DataType type) {
        if (tensor.type() != type) {
            throw new IllegalArgumentException(name + " is " + tensor.shape() + " where " + type + " is needed");
        }
    }

    /** Demands a type of activations: FLOAT32, BFLOAT16 or FLOAT16. */
    public static void floating(String name, Tensor tensor) {
        switch (tensor.type()) {
            case FLOAT32, BFLOAT16, FLOAT16 -> { }
            default -> throw new IllegalArgumentException(name + " is " + tensor.shape() + " where FLOAT32, BFLOAT16 or FLOAT16 is needed");
        }
    }

    /** Demands a type that the CPU device computes in: FLOAT32 or BFLOAT16. */
    public static void floatingOnCpu(String name, Tensor tensor) {
        floating(name, tensor);
        if (tensor.type() == DataType.FLOAT16) {
            throw new IllegalArgumentException(name + " is " + tensor.shape() + ", but the CPU device computes in FLOAT32 or BFLOAT16; FLOAT16 needs a GPU");
        }
    }

    /** Demands shape and type of a tensor that is used together with {@code other}, which must have a type of activations. */
    public static void like(String name, Tensor tensor, Tensor other) {
        floating(name, other);
        sameShape(name, tensor, other);
        type(name, tensor, other.type());
    }

    /** Demands a target and a ring that an upload can use. */
    public static void upload(Tensor target, int slots) {
        if (!target.isDense() || target.elements() == 0 || slots < 1) {
            throw new IllegalArgumentException("an upload through " + slots + " slots to " + target.shape() + " with row stride " + target.rowStride()
                    + "; it needs at least one slot and a dense target that is not empty");
        }
    }
}
