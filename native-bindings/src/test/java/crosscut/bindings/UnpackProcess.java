package crosscut.bindings;

import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One of several processes that unpack at once. */
final class UnpackProcess {

    private UnpackProcess() {
    }

    /** Takes a jar of {@link TestJar} and a cache folder; prints the size of the unpacked library. */
    public static void main(String[] arguments) throws Exception {
        try (URLClassLoader loader = TestJar.loader(Path.of(arguments[0]))) {
            List<Path> files = new ResourceUnpacker(loader).unpack("test", List.of(TestJar.COMPANION, TestJar.LIBRARY),
                    new CacheFolder(Path.of(arguments[1]), false));
            System.out.print(Files.size(files.get(1)));
        }
    }
}
