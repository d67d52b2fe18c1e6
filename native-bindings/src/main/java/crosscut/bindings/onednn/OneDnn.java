package crosscut.bindings.onednn;

import static crosscut.bindings.onednn.OneDnnConstants.CPU_ENGINE;
import static crosscut.bindings.onednn.OneDnnConstants.IN_ORDER_STREAM;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import crosscut.bindings.BundledLibrary;
import crosscut.bindings.CacheFolder;
import crosscut.bindings.LibraryLoader;
import crosscut.bindings.LibrarySource;
import crosscut.bindings.LoadReport;
import crosscut.bindings.NativeLibrary;
import crosscut.bindings.UnavailableLibraryException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** oneDNN on the CPU: owns an engine and makes streams and matrix products on it. */
public final class OneDnn implements AutoCloseable {

    /** Environment variable that names the libdnnl to use. */
    public static final String OVERRIDE_VARIABLE = "CROSSCUT_ONEDNN";

    private static final String FILE_NAME = "libdnnl.so.3";
    private static final String RESOURCE_FOLDER = "org/bytedeco/dnnl/linux-x86_64/";
    private static final int MAJOR_VERSION = 3;

    private final SetupCalls setup;
    private final StepCalls steps;
    private final long engine;
    private final String version;
    private final InstructionSet instructionSet;

    /**
     * Binds an opened library.
     *
     * @throws UnavailableLibraryException when a function is missing or the version is another one
     */
    @SuppressWarnings("restricted")
    public OneDnn(SymbolLookup symbols) {
        setup = new SetupCalls(symbols);
        steps = new StepCalls(setup);
        // dnnl_version_t starts with major, minor and patch.
        MemorySegment numbers = ((MemorySegment) setup.invoke("dnnl_version", ADDRESS)).reinterpret(3 * JAVA_INT.byteSize());
        version = numbers.getAtIndex(JAVA_INT, 0) + "." + numbers.getAtIndex(JAVA_INT, 1) + "." + numbers.getAtIndex(JAVA_INT, 2);
        if (numbers.getAtIndex(JAVA_INT, 0) != MAJOR_VERSION) {
            throw new UnavailableLibraryException("oneDNN " + version + " was found, but version " + MAJOR_VERSION + " is needed; unset "
                    + OVERRIDE_VARIABLE + " to use the bundled one");
        }
        instructionSet = InstructionSet.of((int) setup.invoke("dnnl_get_effective_cpu_isa", JAVA_INT));
        engine = setup.create("dnnl_engine_create", CPU_ENGINE, 0L);
    }

    /** Where oneDNN is looked for: unpacked from the class path, then the system's. */
    public static NativeLibrary library(UnaryOperator<String> environment) {
        List<LibrarySource> sources = new ArrayList<>();
        // OpenMP first: libdnnl then finds the copy that it was built with, whatever the system has.
        List<String> resources = List.of(RESOURCE_FOLDER + "libgomp.so.1", RESOURCE_FOLDER + FILE_NAME);
        if (System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64")) {
            for (CacheFolder cache : CacheFolder.ofUser(environment)) {
                sources.add(new BundledLibrary("onednn", resources, OneDnn.class.getClassLoader(), cache));
            }
        }
        sources.add(new LibrarySource.SystemName(FILE_NAME));
        return new NativeLibrary("oneDNN", OVERRIDE_VARIABLE, sources);
    }

    /** Looks for the library and says what became of every place. */
    public static LoadReport find(LibraryLoader loader) {
        return loader.load(library(loader.environment()));
    }

    /**
     * Finds and binds the library.
     *
     * @throws UnavailableLibraryException with every place and its reason
     */
    public static OneDnn open() {
        return new OneDnn(find(new LibraryLoader()).require());
    }

    /** Major, minor and patch: {@code 3.13.0}. */
    public String version() {
        return version;
    }

    /** What oneDNN uses of this CPU; the environment variable ONEDNN_MAX_CPU_ISA can lower it. */
    public InstructionSet instructionSet() {
        return instructionSet;
    }

    /** Sets how many OpenMP threads oneDNN uses when the calling thread creates or executes a primitive. */
    public void setThreadsOfCallingThread(int threads) {
        steps.setThreadsOfCallingThread(threads);
    }

    /** A queue to execute on; one per thread. */
    public OneDnnStream newStream() {
        return new OneDnnStream(setup, setup.create("dnnl_stream_create", engine, IN_ORDER_STREAM));
    }

    /**
     * Compiles a matrix product, for the number of threads that the calling thread has set.
     *
     * @throws crosscut.bindings.UnsupportedPrimitiveException when this CPU has no implementation of it
     */
    public Matmul newMatmul(MatmulDescription description) {
        return new Matmul(setup, steps, engine, description, packedOrder(description));
    }

    /**
     * The order of packed weights. Without AVX-512 the library itself would choose blocks of 64 columns; with blocks of 32 its products are a tenth faster,
     * with 16 and 48 they are not (oneDNN 3.13, Zen 3).
     */
    private int packedOrder(MatmulDescription description) {
        boolean isNarrow = description.weights().type() == ElementType.FLOAT32 && !instructionSet().hasAvx512();
        return isNarrow ? OneDnnConstants.HALF_COLUMN_BLOCKS : OneDnnConstants.ANY_ORDER;
    }

    /** Frees the engine; the library stays loaded. */
    @Override
    public void close() {
        setup.call("dnnl_engine_destroy", engine);
    }
}
