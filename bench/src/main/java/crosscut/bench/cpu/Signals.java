package crosscut.bench.cpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Stops and continues processes: whoever waits for its turn must not spin meanwhile. Linux only, as all of Crosscut. */
final class Signals {

    private static final int CONTINUE = 18;
    private static final int STOP = 19;

    private static final MethodHandle KILL = kill();

    private Signals() {
    }

    @SuppressWarnings("restricted")
    private static MethodHandle kill() {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow("kill"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    }

    /** No thread of the process runs until {@link #resume}. */
    static void stop(Process process) {
        send(process, STOP);
    }

    /** Lets a stopped process go on. */
    static void resume(Process process) {
        send(process, CONTINUE);
    }

    private static void send(Process process, int signal) {
        int status;
        try {
            status = (int) KILL.invokeExact((int) process.pid(), signal);
        } catch (Throwable failure) {
            throw new IllegalStateException("kill could not be called", failure);
        }
        if (status != 0 && process.isAlive()) {
            throw new IllegalStateException("signal " + signal + " did not reach process " + process.pid());
        }
    }
}
