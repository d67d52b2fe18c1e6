package crosscut.bench;

import java.util.List;

/** Flags of every JVM that runs a benchmark. */
public final class JvmFlags {

    public static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
    public static final String VECTORS = "--add-modules=jdk.incubator.vector";
    /** JMH reads fields through sun.misc.Unsafe, which the JVM would warn of. */
    public static final String UNSAFE = "--sun-misc-unsafe-memory-access=allow";

    private JvmFlags() {
    }

    /** All of them. */
    public static List<String> all() {
        return List.of(NATIVE_ACCESS, VECTORS, UNSAFE);
    }
}
