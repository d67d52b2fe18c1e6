package crosscut.engine.data;

import crosscut.kernels.device.DataType;
import java.util.Optional;

/** Element type of a feature, by the numpy name that feature specs use. */
public enum ColumnType {
    BOOL("bool", 1, 0),
    INT8("int8", 1, 127),
    INT16("int16", 2, 32_767),
    INT32("int32", 4, 2_147_483_647),
    INT64("int64", 8, Long.MAX_VALUE),
    UINT8("uint8", 1, 0),
    UINT16("uint16", 2, 0),
    UINT32("uint32", 4, 0),
    UINT64("uint64", 8, 0),
    FLOAT16("float16", 2, 0),
    FLOAT32("float32", 4, 0),
    FLOAT64("float64", 8, 0);

    private final String numpyName;
    private final int byteSize;
    private final long cardinalityLimit;

    ColumnType(String numpyName, int byteSize, long cardinalityLimit) {
        this.numpyName = numpyName;
        this.byteSize = byteSize;
        this.cardinalityLimit = cardinalityLimit;
    }

    /** The type of that numpy name, or empty for a name that numpy or tf_raw does not have. */
    public static Optional<ColumnType> named(String numpyName) {
        for (ColumnType type : values()) {
            if (type.numpyName.equals(numpyName)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /**
     * The integer type in which tf_raw stores ids below {@code cardinality}: the narrowest signed one whose greatest value is greater than the cardinality.
     *
     * @throws IllegalArgumentException from 2147483647 on: tf_raw knows no wider type
     */
    public static ColumnType narrowestFor(long cardinality) {
        for (ColumnType type : new ColumnType[] {INT8, INT16, INT32}) {
            if (type.fits(cardinality)) {
                return type;
            }
        }
        throw new IllegalArgumentException("cardinality " + cardinality + " needs ids wider than 32 bits");
    }

    public String numpyName() {
        return numpyName;
    }

    /** Bytes of one element. */
    public int byteSize() {
        return byteSize;
    }

    /** Whether tf_raw can store ids in this type. */
    public boolean isRawId() {
        return this == INT8 || this == INT16 || this == INT32;
    }

    public boolean isFloatingPoint() {
        return this == FLOAT16 || this == FLOAT32 || this == FLOAT64;
    }

    /** Exclusive limit of the cardinalities that the reference stores in this type: 127, 32767, 2147483647; 0 for types that hold no ids. */
    public long cardinalityLimit() {
        return cardinalityLimit;
    }

    /** Whether a categorical feature of that cardinality may have this type; a wider type than needed is fine. */
    public boolean fits(long cardinality) {
        return cardinality < cardinalityLimit;
    }

    /** The type as kernels know it. Throws {@link IllegalStateException} for types that never reach a raw batch. */
    public DataType dataType() {
        return switch (this) {
            case INT8 -> DataType.INT8;
            case INT16 -> DataType.INT16;
            case INT32 -> DataType.INT32;
            case FLOAT16 -> DataType.FLOAT16;
            case FLOAT32 -> DataType.FLOAT32;
            default -> throw new IllegalStateException(numpyName + " is no type of a raw batch");
        };
    }
}
