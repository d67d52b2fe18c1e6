package crosscut.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.lang.foreign.SymbolLookup;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryLoaderTest {

    private static final SymbolLookup EMPTY = name -> Optional.empty();

    @TempDir
    private Path folder;

    private static NativeLibrary library(LibrarySource... sources) {
        return new NativeLibrary("Example", "CROSSCUT_EXAMPLE", List.of(sources));
    }

    private static LibraryLoader systemLoader() {
        return new LibraryLoader(new DynamicLinker(), name -> null);
    }

    @Test
    void missingLibraryHasTheReasonOfTheSystem() {
        LoadReport report = systemLoader().load(library(new LibrarySource.SystemName("libcrosscut-none.so.13"),
                new LibrarySource.SystemName("libcrosscut-none.so.12"), new LibrarySource.File(Path.of("/none/libnone.so"))));
        assertThat(report.isLoaded()).isFalse();
        assertThatExceptionOfType(UnavailableLibraryException.class).isThrownBy(report::require).withMessage("Example is not available ("
                + "libcrosscut-none.so.13 of the system: libcrosscut-none.so.13: cannot open shared object file: No such file or directory; "
                + "libcrosscut-none.so.12 of the system: libcrosscut-none.so.12: cannot open shared object file: No such file or directory; "
                + "/none/libnone.so: no such file); CROSSCUT_EXAMPLE can name its file");
    }

    @Test
    void fileThatIsNoLibraryHasTheReasonOfTheSystem() throws IOException {
        Path text = Files.writeString(folder.resolve("libtext.so"), "this is not a shared library, however long it is made to be ".repeat(3));
        LoadReport report = systemLoader().load(library(new LibrarySource.File(text)));
        assertThat(report.candidates()).extracting(LoadReport.Candidate::toString).containsExactly(text + ": invalid ELF header");
    }

    @Test
    void symbolsOfAnOpenedLibraryAreFound() {
        LoadReport report = systemLoader().load(library(new LibrarySource.SystemName("libm.so.6")));
        assertThat(report.require().find("cos")).isPresent();
        assertThat(report.require().find("no_such_function")).isEmpty();
    }

    @Test
    void firstPlaceThatWorksIsUsed() {
        List<String> tried = new ArrayList<>();
        LibraryOpener opener = name -> {
            tried.add(name);
            if (name.endsWith("13")) {
                throw new IOException("too new");
            }
            return EMPTY;
        };
        LoadReport report = new LibraryLoader(opener, name -> null).load(library(new LibrarySource.SystemName("a.so.13"),
                new LibrarySource.SystemName("a.so.12"), new LibrarySource.SystemName("a.so.11")));
        assertThat(tried).containsExactly("a.so.13", "a.so.12");
        assertThat(report.candidates()).extracting(LoadReport.Candidate::toString)
                .containsExactly("a.so.13 of the system: too new", "a.so.12 of the system: opened");
        assertThat(report.require()).isSameAs(EMPTY);
    }

    @Test
    void overrideIsTheOnlyPlace() {
        LoadReport report = new LibraryLoader(name -> EMPTY, name -> name.equals("CROSSCUT_EXAMPLE") ? "/none/mine.so" : null)
                .load(library(new LibrarySource.SystemName("a.so.13")));
        assertThat(report.candidates()).extracting(LoadReport.Candidate::toString).containsExactly("/none/mine.so: no such file");
    }

    @Test
    void bundledLibraryIsOpenedAfterItsCompanionsFromTheFirstUsableCache() throws IOException {
        Path occupied = Files.createFile(folder.resolve("occupied"));
        Path usable = folder.resolve("usable");
        List<String> opened = new ArrayList<>();
        try (URLClassLoader classes = TestJar.loader(TestJar.create(folder))) {
            List<String> resources = List.of(TestJar.COMPANION, TestJar.LIBRARY);
            LoadReport report = new LibraryLoader(name -> {
                opened.add(Path.of(name).getFileName().toString());
                return EMPTY;
            }, name -> null).load(library(new BundledLibrary("example", resources, classes, new CacheFolder(occupied, false)),
                    new BundledLibrary("example", resources, classes, new CacheFolder(usable, false))));
            assertThat(opened).containsExactly("libcompanion.so", "liblibrary.so");
            assertThat(report.candidates().getFirst().toString()).startsWith("bundled example in " + occupied).endsWith(occupied + " is not a folder");
            assertThat(report.candidates().getLast()).hasToString("bundled example in " + usable + ": opened");
        }
    }

    @Test
    void cacheFolderFollowsTheEnvironment() {
        assertThat(CacheFolder.ofUser(name -> name.equals("CROSSCUT_CACHE") ? "/a" : "/b").getFirst().path()).isEqualTo(Path.of("/a"));
        assertThat(CacheFolder.ofUser(name -> name.equals("XDG_CACHE_HOME") ? "/b" : null).getFirst().path()).isEqualTo(Path.of("/b/crosscut"));
        List<CacheFolder> standard = CacheFolder.ofUser(name -> null);
        assertThat(standard.getFirst().path()).isEqualTo(Path.of(System.getProperty("user.home"), ".cache", "crosscut"));
        assertThat(standard.getLast().path()).hasParentRaw(Path.of(System.getProperty("java.io.tmpdir")));
        assertThat(standard.getLast().isInSharedFolder()).isTrue();
    }
}
