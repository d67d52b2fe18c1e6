package crosscut.bindings;

import java.io.IOException;
import java.lang.foreign.SymbolLookup;

/** Opens one shared library; tests put their own in its place. */
@FunctionalInterface
public interface LibraryOpener {

    /**
     * Opens a library for the life of the process.
     *
     * @param fileName a path, or a name that the system looks up
     * @throws IOException with the system's own reason
     */
    SymbolLookup open(String fileName) throws IOException;
}
