package crosscut.bindings;

import java.io.IOException;
import java.lang.foreign.SymbolLookup;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Tries the places of a library one after the other and remembers what became of each. */
public final class LibraryLoader {

    private final LibraryOpener opener;
    private final UnaryOperator<String> environment;

    /** Loads with the system's dynamic linker and the process environment. */
    public LibraryLoader() {
        this(new DynamicLinker(), System::getenv);
    }

    public LibraryLoader(LibraryOpener opener, UnaryOperator<String> environment) {
        this.opener = opener;
        this.environment = environment;
    }

    /** The variables of the process as this loader sees them. */
    public UnaryOperator<String> environment() {
        return environment;
    }

    /** Opens the library from the first place that works. Never throws for a missing library; ask the report. */
    public LoadReport load(NativeLibrary library) {
        String override = environment.apply(library.overrideVariable());
        List<LibrarySource> sources = override == null || override.isBlank() ? library.sources() : List.of(new LibrarySource.File(Path.of(override)));
        List<LoadReport.Candidate> candidates = new ArrayList<>();
        for (LibrarySource source : sources) {
            try {
                SymbolLookup symbols = null;
                for (String file : source.locate()) {
                    symbols = opener.open(file);
                }
                candidates.add(new LoadReport.Candidate(source.label(), null));
                return new LoadReport(library, candidates, symbols);
            } catch (NoSuchFileException missing) {
                candidates.add(new LoadReport.Candidate(source.label(), "no such file"));
            } catch (IOException failed) {
                candidates.add(new LoadReport.Candidate(source.label(), failed.getMessage()));
            }
        }
        return new LoadReport(library, candidates, null);
    }
}
