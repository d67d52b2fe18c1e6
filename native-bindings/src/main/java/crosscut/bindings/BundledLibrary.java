package crosscut.bindings;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A library that travels as resources on the class path and is unpacked before it is opened.
 *
 * @param name prefix of the folder it is unpacked into
 * @param resources class path names in the order in which they are opened, the library itself last
 * @param loader whose class path holds them
 * @param cache where to unpack
 */
public record BundledLibrary(String name, List<String> resources, ClassLoader loader, CacheFolder cache) implements LibrarySource {

    public BundledLibrary {
        resources = List.copyOf(resources);
    }

    @Override
    public String label() {
        return "bundled " + name + " in " + cache.path();
    }

    @Override
    public List<String> locate() throws IOException {
        List<String> paths = new ArrayList<>();
        for (Path file : new ResourceUnpacker(loader).unpack(name, resources, cache)) {
            paths.add(file.toString());
        }
        return paths;
    }
}
