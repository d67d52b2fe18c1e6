package crosscut.simulator.driver;

import crosscut.simulator.program.PtxModule;
import crosscut.simulator.program.PtxSyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is wrong with an image that a caller wants to load, in the words of the driver's compiler. */
final class PtxImage {

    private static final Pattern TARGET = Pattern.compile("^\\s*\\.target\\s+sm_(\\d+)", Pattern.MULTILINE);

    private PtxImage() {
    }

    /** Whether the image begins as ELF files and fat binaries do. */
    static boolean isBinary(String text) {
        return text.startsWith("\u007fELF") || text.startsWith("P\uFFFDU\uFFFD");
    }

    /** The error log; empty when the image can be loaded. */
    static String problem(String text) {
        if (text.isBlank() || isBinary(text)) {
            return "";
        }
        Matcher target = TARGET.matcher(text);
        int capability = 10 * SimulatedDevice.CAPABILITY_MAJOR + SimulatedDevice.CAPABILITY_MINOR;
        if (target.find() && Integer.parseInt(target.group(1)) > capability) {
            return "ptxas fatal   : SM version specified by .target is higher than default SM version assumed: sm_" + target.group(1) + " > sm_" + capability;
        }
        try {
            PtxModule.parse(text);
            return "";
        } catch (PtxSyntaxException thrown) {
            return "ptxas application ptx input, line " + thrown.line() + "; fatal   : " + thrown.getMessage();
        }
    }
}
