package crosscut.simulator.driver;

import crosscut.simulator.program.PtxModule;
import java.util.HashMap;
import java.util.Map;

/** A module, and the handles of its functions that were asked for. */
record LoadedModule(PtxModule program, Map<String, Long> functions) {

    LoadedModule(PtxModule program) {
        this(program, new HashMap<>());
    }
}
