package crosscut.bindings;

import java.util.List;

/**
 * A native library and the places where it may lie.
 *
 * @param name as people know it: {@code oneDNN}
 * @param overrideVariable environment variable that names the one file to use; no other place is tried then
 * @param sources places in the order in which they are tried, newest version first
 */
public record NativeLibrary(String name, String overrideVariable, List<LibrarySource> sources) {

    public NativeLibrary {
        sources = List.copyOf(sources);
    }
}
