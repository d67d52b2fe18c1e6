package crosscut.kernels.device.cuda;

import crosscut.bindings.NativeException;
import crosscut.bindings.cuda.Cuda;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/** The PTX of the op families on one GPU: each family is loaded at its first use and stays until the device closes. */
final class CudaModules implements AutoCloseable {

    private static final String FOLDER = "/crosscut/kernels/cuda/";

    private final CudaContext context;
    private final Map<String, Long> modules = new HashMap<>();

    CudaModules(CudaContext context) {
        this.context = context;
    }

    /** Finds {@code function} in the module of {@code family}. */
    synchronized CudaKernel kernel(String family, String function) {
        long module = modules.computeIfAbsent(family, this::load);
        try {
            return new CudaKernel(context, family + "." + function, context.driver().modules().function(module, function));
        } catch (NativeException missing) {
            throw new IllegalStateException("kernel " + function + " is not in " + resource(family) + " (" + missing.getMessage()
                    + "); the class that asks for it and the PTX are from different builds: build again", missing);
        }
    }

    private long load(String family) {
        byte[] image = image(family);
        Cuda driver = context.driver();
        try {
            return driver.modules().load(image);
        } catch (NativeException refused) {
            String oneLine = refused.getMessage().replaceAll("\\s+", " ");
            throw new IllegalStateException(context.name() + " does not take the kernels of " + resource(family) + ": " + oneLine, refused);
        }
    }

    private static String resource(String family) {
        return family + ".ptx";
    }

    private static byte[] image(String family) {
        try (InputStream input = CudaModules.class.getResourceAsStream(FOLDER + resource(family))) {
            if (input == null) {
                throw new IllegalStateException("there is no " + FOLDER + resource(family) + " on the class path; the kernels of this build are incomplete");
            }
            return input.readAllBytes();
        } catch (IOException failure) {
            throw new UncheckedIOException(FOLDER + resource(family) + " cannot be read", failure);
        }
    }

    @Override
    public synchronized void close() {
        Cuda driver = context.driver();
        modules.values().forEach(driver.modules()::unload);
        modules.clear();
    }
}
