package crosscut.bench.run;

import crosscut.engine.profile.DeviceCeilings;

/**
 * The times of one case.
 *
 * @param undisturbed seconds of one operation, the first decile: other programs only add time, and a few lucky ones do not count
 * @param median seconds
 * @param disturbed seconds, the ninth decile
 * @param heapBytes allocated on the Java heap by one operation: many of them tell that the compiler left vectors there
 * @param ceilings what the device did at best in the same JVM, null where that was not measured
 */
record Measurement(double undisturbed, double median, double disturbed, double heapBytes, DeviceCeilings ceilings) {}
