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

    /** Demands FLOAT32 or BFLOAT16. */
    public static void floating(String name, Tensor tensor) {
        if (tensor.type() != DataType.FLOAT32 && tensor.type() != DataType.BFLOAT16) {
            throw new IllegalArgumentException(name + " is " + tensor.shape() + " where FLOAT32 or BFLOAT16 is needed");
        }
    }

    /** Demands shape and type of a tensor that is used together with {@code other}, which must be FLOAT32 or BFLOAT16. */
    public static void like(String name, Tensor tensor, Tensor other) {
        floating(name, other);
        sameShape(name, tensor, other);
        type(name, tensor, other.type());
    }
}
