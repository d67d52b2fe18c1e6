package crosscut.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForeignElfTest {

    private static final int S390 = 22;
    private static final int ELF_32 = 1;
    private static final int ELF_64 = 2;

    @TempDir
    private Path folder;

    /** The header of a shared library, and nothing behind it but zeros. */
    private Path library(int elfClass, int machine) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        header.put(new byte[] {0x7F, 'E', 'L', 'F', (byte) elfClass, 1, 1}).putShort(16, (short) 3).putShort(18, (short) machine).putInt(20, 1);
        return Files.write(folder.resolve("libx.so"), header.array());
    }

    @Test
    void libraryForAnotherProcessorIsSaidToBeOne() throws IOException {
        Path file = library(ELF_64, S390);
        LoadReport report = new LibraryLoader(new DynamicLinker(), name -> null).load(
                new NativeLibrary("X", "CROSSCUT_X", java.util.List.of(new LibrarySource.File(file))));
        assertThatExceptionOfType(UnavailableLibraryException.class).isThrownBy(report::require).withMessage("X is not available (" + file
                + ": built for processor 22 of elf.h, 64 bits, but this Java runs on " + System.getProperty("os.arch") + "); CROSSCUT_X can name its file");
    }

    @Test
    void libraryOf32BitsIsSaidToBeOne() throws IOException {
        assertThat(ForeignElf.reason(library(ELF_32, 62)).orElseThrow()).contains("built for x86-64, 32 bits");
    }

    @Test
    void otherFilesAreLeftToTheLinker() throws IOException {
        assertThat(ForeignElf.reason(Files.writeString(folder.resolve("short"), "text"))).isEmpty();
        assertThat(ForeignElf.reason(Files.writeString(folder.resolve("long"), "text".repeat(100)))).isEmpty();
        assertThat(ForeignElf.reason(folder)).isEmpty();
        assertThat(ForeignElf.reason(Path.of("libm.so.6"))).isEmpty();
        assertThat(ForeignElf.reason(library(ELF_64, System.getProperty("os.arch").equals("aarch64") ? 183 : 62))).isEmpty();
    }
}
