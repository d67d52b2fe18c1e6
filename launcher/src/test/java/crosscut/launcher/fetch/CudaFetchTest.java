package crosscut.launcher.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import crosscut.engine.UserException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unpacking, with small jars that are built like the large one, and a Maven that copies one of them. */
class CudaFetchTest {

    private static final String PREFIX = "org/bytedeco/cuda/linux-x86_64/";
    private static final byte[] CUBLAS = noise(3_000_000);
    private static final byte[] NCCL = noise(1000);
    private static final long PLENTY = 1L << 40;

    @TempDir
    private Path root;

    private Path folder;
    private long free = PLENTY;

    @BeforeEach
    void nameFolder() {
        folder = root.resolve("cache/cuda");
    }

    private static byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        new Random(bytes).nextBytes(noise);
        return noise;
    }

    private Path jar(String name, Map<String, byte[]> entries) throws IOException {
        Path jar = root.resolve(name);
        try (OutputStream file = Files.newOutputStream(jar); ZipOutputStream out = new ZipOutputStream(file)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(PREFIX + entry.getKey()));
                out.write(entry.getValue());
                out.closeEntry();
            }
        }
        return jar;
    }

    private Path fullJar() throws IOException {
        return jar("full.jar", Map.of("libcublasLt.so.12", CUBLAS, "libnccl.so.2", NCCL, "libnvrtc.so.12", noise(7), "libnvrtc-builtins.so.12.6", noise(8),
                "libcublas.so.12", noise(9), "libnccl.so", noise(10), "libjnicublas.so", noise(11)));
    }

    private String run(Path... jars) {
        return run("no-maven-here", jars);
    }

    private String run(String maven, Path... jars) {
        StringWriter text = new StringWriter();
        new CudaFetch(name -> name.equals("CROSSCUT_CACHE") ? root.resolve("cache").toString() : null, path -> free, new MavenJar(root.resolve("home"), maven))
                .run(List.of(jars), new PrintWriter(text, true), false);
        return text.toString();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> !name.equals(".lock")).sorted().toList();
        }
    }

    @Test
    void wantedLibrariesAreUnpackedAndNothingElse() throws IOException {
        assertThat(run(fullJar()).lines()).hasSize(5).first().asString().startsWith("libcublasLt.so.12: 2.9 MiB in ");
        assertThat(files()).containsExactly("libcublasLt.so.12", "libnccl.so.2", "libnvrtc-builtins.so.12.6", "libnvrtc.so.12");
        assertThat(folder.resolve("libcublasLt.so.12")).hasBinaryContent(CUBLAS);
        assertThat(folder.resolve("libnccl.so.2")).hasBinaryContent(NCCL);
    }

    @Test
    void whatIsThereIsLeftAndWhatIsBrokenIsReplaced() throws IOException {
        Path jar = fullJar();
        run(jar);
        FileTime old = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(folder.resolve("libcublasLt.so.12"), old);
        Files.write(folder.resolve("libnccl.so.2"), noise(1001), StandardOpenOption.TRUNCATE_EXISTING);
        Files.write(folder.resolve("libnvrtc.so.12"), new byte[7]);
        Files.write(folder.resolve("libnvrtc.so.12123.unfinished"), new byte[7]);
        assertThat(run(jar)).contains("libcublasLt.so.12: already there\n").doesNotContain("libnccl.so.2: already", "libnvrtc.so.12: already");
        assertThat(Files.getLastModifiedTime(folder.resolve("libcublasLt.so.12"))).isEqualTo(old);
        assertThat(folder.resolve("libnccl.so.2")).hasBinaryContent(NCCL);
        assertThat(folder.resolve("libnvrtc.so.12")).hasBinaryContent(noise(7));
        assertThat(files()).hasSize(4);
    }

    @Test
    void severalJarsCompleteEachOther() throws IOException {
        run(jar("a.jar", Map.of("libcublasLt.so.13", CUBLAS)), jar("b.jar", Map.of("libnccl.so.2", NCCL)));
        assertThat(files()).containsExactly("libcublasLt.so.13", "libnccl.so.2");
    }

    @Test
    void diskThatIsTooSmallIsSaidWithItsNumbersBeforeAnythingIsWritten() throws IOException {
        free = 1_000_000;
        Path jar = fullJar();
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> run(jar)).withMessage("unpacking " + jar + " needs 2.9 MiB in " + folder
                + ", where 976.6 KiB are free; make room, or name another folder by CROSSCUT_CACHE");
        assertThat(files()).isEmpty();
        assertThatExceptionOfType(UserException.class).isThrownBy(this::run)
                .withMessageStartingWith("downloading and unpacking org.bytedeco:cuda:12.6-9.5-1.5.11:jar:linux-x86_64-redist needs 2.6 GiB in");
    }

    @Test
    void damagedLibraryGetsNoName() throws IOException {
        Path jar = jar("damaged.jar", Map.of("libcublasLt.so.12", CUBLAS));
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(jar)).order(ByteOrder.LITTLE_ENDIAN);
        // The checksum in the jar's directory, whose first header begins where the last 4 of the 6 bytes before the jar's comment length say.
        int directory = bytes.getInt(bytes.capacity() - 6);
        bytes.putInt(directory + 16, bytes.getInt(directory + 16) ^ 1);
        Files.write(jar, bytes.array());
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> run(jar)).withMessage(jar + " is damaged: " + PREFIX
                + "libcublasLt.so.12 has not the checksum of the jar's directory; get the jar anew");
        assertThat(files()).isEmpty();
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        Path text = Files.writeString(root.resolve("text.jar"), "no jar");
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> run(text)).withMessageStartingWith("cannot read " + text + " as a jar: ");
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> run(root.resolve("absent.jar"))).withMessage("no such jar: " + root.resolve("absent.jar"));
        Path other = jar("other.jar", Map.of("libcublas.so.12", CUBLAS));
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> run(other)).withMessageStartingWith(other + " holds no libcublasLt.so, libnccl.so or");
    }

    @Test
    void oneProcessAtATime() throws IOException {
        Path jar = fullJar();
        try (LibraryFolder other = LibraryFolder.take(folder, path -> PLENTY)) {
            assertThat(other.path()).isEqualTo(folder);
            assertThatExceptionOfType(UserException.class).isThrownBy(() -> run(jar))
                    .withMessage("another fetch-cuda is writing to " + folder + "; wait for it to end");
        }
        run(jar);
    }

    @Test
    void folderThatCannotBeMadeIsNamed() throws IOException {
        Files.createFile(root.resolve("cache"));
        Path jar = fullJar();
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> run(jar)).withMessageStartingWith("cannot write libraries to " + folder)
                .withMessageEndingWith("CROSSCUT_CACHE can name another folder");
    }

    @Test
    void jarThatMavenHasIsUsed() throws IOException {
        Path local = root.resolve("home/.m2/repository/org/bytedeco/cuda/12.6-9.5-1.5.11/cuda-12.6-9.5-1.5.11-linux-x86_64-redist.jar");
        Files.createDirectories(local.getParent());
        Files.copy(fullJar(), local);
        assertThat(run().lines()).hasSize(5);
        assertThat(files()).hasSize(4);
        assertThat(local).exists();
    }

    @Test
    void downloadIsDeletedOnceItIsUnpacked() throws IOException {
        assertThat(run(maven("cp '" + fullJar() + "' \"$repository/$path\"").toString())).startsWith("Maven downloads org.bytedeco:cuda:12.6-9.5-1.5.11");
        assertThat(files()).containsExactly("libcublasLt.so.12", "libnccl.so.2", "libnvrtc-builtins.so.12.6", "libnvrtc.so.12");
    }

    @Test
    void downloadThatFailsIsKeptForTheNextTry() throws IOException {
        String maven = maven("echo half > \"$repository/$path.part\"; exit 3").toString();
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> run(maven)).withMessageContaining("exit status 3", "--jar");
        assertThat(files()).containsExactly("download");
    }

    @Test
    void missingMavenIsSaid() {
        assertThatExceptionOfType(UserException.class).isThrownBy(this::run).withMessageStartingWith("cannot run no-maven-here to download org.bytedeco:cuda:")
                .withMessageEndingWith("install Maven, or give the jar by --jar");
    }

    /** A program that takes the flags we give to Maven and has a repository folder to fill. */
    private Path maven(String body) throws IOException {
        return Files.setPosixFilePermissions(Files.writeString(root.resolve("maven"), """
                #!/bin/sh
                for flag; do
                    case $flag in
                        -Dmaven.repo.local=*) repository=${flag#*=} ;;
                        -Dartifact=org.bytedeco:cuda:12.6-9.5-1.5.11:jar:linux-x86_64-redist) path=org/bytedeco/cuda/12.6-9.5-1.5.11 ;;
                    esac
                done
                mkdir -p "$repository/$path"
                path=$path/cuda-12.6-9.5-1.5.11-linux-x86_64-redist.jar
                """ + body + "\n"), PosixFilePermissions.fromString("rwx------"));
    }
}
