package crosscut.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResourceUnpackerTest {

    private static final List<String> RESOURCES = List.of(TestJar.COMPANION, TestJar.LIBRARY);

    @TempDir
    private Path folder;

    private List<Path> unpack(Path cache) throws IOException {
        try (URLClassLoader loader = TestJar.loader(TestJar.create(folder))) {
            return new ResourceUnpacker(loader).unpack("test", RESOURCES, new CacheFolder(cache, false));
        }
    }

    private static List<Path> filesBelow(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void filesAreUnpackedOnce() throws IOException {
        Path cache = folder.resolve("new/cache");
        List<Path> files = unpack(cache);
        assertThat(files).extracting(file -> file.getFileName().toString()).containsExactly("libcompanion.so", "liblibrary.so");
        assertThat(Files.size(files.get(1))).isEqualTo(TestJar.LIBRARY_BYTES);
        FileTime longAgo = FileTime.fromMillis(1000);
        Files.setLastModifiedTime(files.get(1), longAgo);
        assertThat(unpack(cache)).isEqualTo(files);
        assertThat(Files.getLastModifiedTime(files.get(1))).isEqualTo(longAgo);
        assertThat(filesBelow(cache)).containsExactlyInAnyOrderElementsOf(files);
    }

    @Test
    void shortFileIsReplaced() throws IOException {
        Path cache = folder.resolve("cache");
        Path library = unpack(cache).get(1);
        Files.write(library, new byte[10]);
        assertThat(Files.size(unpack(cache).get(1))).isEqualTo(TestJar.LIBRARY_BYTES);
    }

    @Test
    void eightProcessesWithColdCacheAllSucceed() throws Exception {
        Path jar = TestJar.create(folder);
        Path cache = folder.resolve("cache");
        List<Process> processes = new ArrayList<>();
        for (int number = 0; number < 8; number++) {
            processes.add(new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-Xmx64m",
                    "-cp", System.getProperty("java.class.path"), UnpackProcess.class.getName(), jar.toString(), cache.toString())
                    .redirectErrorStream(true).start());
        }
        for (Process process : processes) {
            assertThat(new String(process.getInputStream().readAllBytes())).isEqualTo(String.valueOf(TestJar.LIBRARY_BYTES));
            assertThat(process.waitFor()).isZero();
        }
        assertThat(filesBelow(cache)).hasSize(2);
    }

    @Test
    void missingResourceIsNamed() {
        assertThatIOException().isThrownBy(() -> new ResourceUnpacker(getClass().getClassLoader())
                .unpack("test", List.of("natives/none.so"), new CacheFolder(folder, false))).withMessage("the class path has no natives/none.so");
    }

    @Test
    void cacheThatIsAFileIsNamed() throws IOException {
        Path file = Files.createFile(folder.resolve("occupied"));
        assertThatIOException().isThrownBy(() -> unpack(file)).withMessageStartingWith("cannot unpack into " + file)
                .withMessageEndingWith(file + " is not a folder");
    }

    @Test
    void fullDiskIsNamedAndLeavesNothingBehind() throws IOException {
        Path cache = folder.resolve("cache");
        ResourceUnpacker unpacker = new ResourceUnpacker(new FullDiskLoader());
        assertThatIOException().isThrownBy(() -> unpacker.unpack("test", List.of(TestJar.LIBRARY), new CacheFolder(cache, false)))
                .withMessageStartingWith("cannot unpack into " + cache).withMessageEndingWith("No space left on device");
        assertThat(filesBelow(cache)).isEmpty();
    }

    @Test
    void folderThatOthersCanWriteIsRefusedInASharedPlace() throws IOException {
        Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        try (URLClassLoader loader = TestJar.loader(TestJar.create(folder))) {
            ResourceUnpacker unpacker = new ResourceUnpacker(loader);
            assertThatIOException().isThrownBy(() -> unpacker.unpack("test", RESOURCES, new CacheFolder(open, true)))
                    .withMessageEndingWith(open + " is not a folder that only this user can write; remove it or set CROSSCUT_CACHE");
            CacheFolder own = new CacheFolder(folder.resolve("own"), true);
            assertThat(unpacker.unpack("test", RESOURCES, own)).isEqualTo(unpacker.unpack("test", RESOURCES, own));
        }
    }

    /** Gives a resource that can be read only half, as if the disk it is copied to were full. */
    private static final class FullDiskLoader extends ClassLoader {

        @Override
        public URL getResource(String name) {
            try {
                return URL.of(URI.create("test:/" + name), new URLStreamHandler() {
                    @Override
                    protected URLConnection openConnection(URL url) {
                        return new HalfConnection(url);
                    }
                });
            } catch (IOException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    private static final class HalfConnection extends URLConnection {

        HalfConnection(URL url) {
            super(url);
        }

        @Override
        public void connect() {
            // Nothing to connect to.
        }

        @Override
        public InputStream getInputStream() {
            return new SequenceInputStream(new ByteArrayInputStream(new byte[100]), new InputStream() {
                @Override
                public int read() throws IOException {
                    throw new IOException("No space left on device");
                }
            });
        }
    }
}
