package crosscut.kernels;

import crosscut.kernels.device.DataType;

/**
 * The one law by which numbers of two implementations are compared: {@code |actual - expected| <= absolute + factor * epsilon(type) * magnitude * sqrt(length)}.
 *
 * <p>{@code magnitude} is the size of the terms that were added (not of their sum, which may cancel) and {@code length} how many there were: rounding errors of
 * a sum of n terms grow with the square root of n while they are independent (Higham, Accuracy and Stability of Numerical Algorithms, section 2.8).
 *
 * @param type the type whose rounding is allowed for
 * @param length number of terms in the longest reduction
 */
public record Tolerance(DataType type, long length) {

    /** Rounding errors of a handful of operations per term. */
    private static final double FACTOR = 4;

    /** Below this a difference is never an error: 2^-24 squared is far under any gradient that matters. */
    private static final double ABSOLUTE = 1e-9;

    /** Distance between the numbers of FLOAT16 around 0: rounding there is no longer relative to the size of a number. */
    private static final double FLOAT16_SPACING = 0x1p-24;

    public Tolerance {
        if (length < 1) {
            throw new IllegalArgumentException("a reduction of " + length + " terms");
        }
    }

    /** The allowed difference for terms of the given magnitude. */
    public double allowed(double magnitude) {
        return (type == DataType.FLOAT16 ? FLOAT16_SPACING : ABSOLUTE) + FACTOR * type.epsilon() * Math.abs(magnitude) * Math.sqrt(length);
    }

    /** True when the two agree; NaN never does. */
    public boolean accepts(double actual, double expected, double magnitude) {
        return Math.abs(actual - expected) <= allowed(Math.max(Math.abs(magnitude), Math.abs(expected)));
    }
}
