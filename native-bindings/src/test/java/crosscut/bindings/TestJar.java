package crosscut.bindings;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/** A jar with two resources, as a library and its companion would lie in it. */
final class TestJar {

    static final String COMPANION = "natives/libcompanion.so";
    static final String LIBRARY = "natives/liblibrary.so";
    static final int LIBRARY_BYTES = 3_000_000;

    private TestJar() {
    }

    static Path create(Path folder) throws IOException {
        Path jar = folder.resolve("natives.jar");
        try (OutputStream file = Files.newOutputStream(jar); JarOutputStream out = new JarOutputStream(file)) {
            out.putNextEntry(new ZipEntry(COMPANION));
            out.write(new byte[] {1, 2, 3});
            out.closeEntry();
            out.putNextEntry(new ZipEntry(LIBRARY));
            byte[] noise = new byte[LIBRARY_BYTES];
            new Random(5).nextBytes(noise);
            out.write(noise);
            out.closeEntry();
        }
        return jar;
    }

    static URLClassLoader loader(Path jar) throws IOException {
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
    }
}
