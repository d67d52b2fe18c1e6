package crosscut.simulator.driver;

import crosscut.simulator.program.PtxModule;
import java.util.HashMap;
import java.util.Map;

/**
 * A module.
 *
 * @param text its PTX
 * @param functions handles of the functions that were asked for, by name
 */
record LoadedModule(PtxModule program, String text, Map<String, Long> functions) {

    LoadedModule(PtxModule program, String text) {
        this(program, text, new HashMap<>());
    }
}
