package crosscut.simulator.driver;

import crosscut.simulator.Simulator;
import crosscut.simulator.program.PtxModule;
import crosscut.simulator.program.PtxSyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An image that a caller wants to load, as the driver's compiler sees it.
 *
 * @param module null when the image cannot be loaded
 * @param status why not
 * @param log the error log, empty when there is nothing to say
 */
record PtxImage(PtxModule module, DriverStatus status, String log) {

    private static final Pattern TARGET = Pattern.compile("^\\s*\\.target\\s+sm_(\\d+)", Pattern.MULTILINE);

    static PtxImage read(String text, Simulator simulator) {
        if (text.isBlank()) {
            return new PtxImage(null, DriverStatus.INVALID_IMAGE, "");
        }
        if (isBinary(text)) {
            return new PtxImage(null, DriverStatus.NO_BINARY_FOR_GPU, "");
        }
        Matcher target = TARGET.matcher(text);
        int capability = 10 * SimulatedDevice.CAPABILITY_MAJOR + SimulatedDevice.CAPABILITY_MINOR;
        if (target.find() && Integer.parseInt(target.group(1)) > capability) {
            return new PtxImage(null, DriverStatus.INVALID_PTX,
                    "ptxas fatal   : SM version specified by .target is higher than default SM version assumed: sm_" + target.group(1) + " > sm_" + capability);
        }
        try {
            return new PtxImage(simulator.load(text), DriverStatus.SUCCESS, "");
        } catch (PtxSyntaxException thrown) {
            return new PtxImage(null, DriverStatus.INVALID_PTX, "ptxas application ptx input, line " + thrown.line() + "; fatal   : " + thrown.getMessage());
        }
    }

    /** Whether the image begins as ELF files and fat binaries do. */
    private static boolean isBinary(String text) {
        return text.startsWith("\u007fELF") || text.startsWith("P\uFFFDU\uFFFD");
    }
}
