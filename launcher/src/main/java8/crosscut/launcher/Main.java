package crosscut.launcher;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where {@code java -jar launcher.jar} begins. Compiled for Java 8, so that every Java can load it: on Java 25 or newer it calls the command line at once, on
 * an older one it hands over to a newer Java of this machine, or says what is missing.
 */
public final class Main {

    private static final int REQUIRED_VERSION = 25;
    private static final String COMMAND_LINE_CLASS = "crosscut.launcher.command.CommandLineMain";
    private static final int FAILURE = 1;

    private Main() {
    }

    /** Never returns normally on an old Java: ends with the exit status of the Java it handed over to, or with 1. */
    public static void main(String[] arguments) throws Throwable {
        if (JavaInstallation.featureVersion(System.getProperty("java.version")) >= REQUIRED_VERSION) {
            callCommandLine(arguments);
            return;
        }
        JavaSearch search = new JavaSearch(System.getenv(), System.getProperty("user.home"));
        JavaInstallation newer = search.find(REQUIRED_VERSION);
        if (newer == null) {
            System.err.println("crosscut: needs Java " + REQUIRED_VERSION + " or newer, but this is Java " + System.getProperty("java.version") + " ("
                    + System.getProperty("java.home") + "). " + search.report()
                    + " Install a JDK 25 (Eclipse Temurin, https://adoptium.net, for example) or set CROSSCUT_JAVA_HOME to one.");
            System.exit(FAILURE);
        }
        handOver(newer, arguments);
    }

    private static void callCommandLine(String[] arguments) throws Throwable {
        try {
            Class.forName(COMMAND_LINE_CLASS).getMethod("main", String[].class).invoke(null, (Object) arguments);
        } catch (InvocationTargetException wrapper) {
            throw wrapper.getCause();
        }
    }

    /** Runs the same program on {@code java} with this process's input and output, passes SIGTERM and SIGINT on, and ends with its exit status. */
    private static void handOver(JavaInstallation java, String[] arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(java.executable().getPath());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(thisProgram());
        command.addAll(Arrays.asList(arguments));
        final Process process = new ProcessBuilder(command).inheritIO().start();
        final AtomicInteger status = new AtomicInteger(-1);
        // A signal starts the shutdown hooks while main still waits below; the hook then waits for the end in its place.
        Runtime.getRuntime().addShutdownHook(new Thread("pass-signal-on") {
            @Override
            public void run() {
                if (status.get() < 0) {
                    process.destroy();
                    Runtime.getRuntime().halt(waitFor(process));
                }
            }
        });
        status.set(process.waitFor());
        System.exit(status.get());
    }

    private static int waitFor(Process process) {
        while (true) {
            try {
                return process.waitFor();
            } catch (InterruptedException shuttingDown) {
                // Nothing but the end of the process may end this wait: its exit status is ours.
                continue;
            }
        }
    }

    private static List<String> thisProgram() {
        try {
            File origin = new File(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            if (origin.isFile()) {
                return Arrays.asList("-jar", origin.getPath());
            }
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
        return Arrays.asList("-cp", System.getProperty("java.class.path"), Main.class.getName());
    }
}
