package crosscut.bindings;

import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What became of looking for a library.
 *
 * @param library what was looked for
 * @param candidates the places tried, in order; only the last one can have been opened
 * @param symbols its symbols, or null when no place had it
 */
public record LoadReport(NativeLibrary library, List<Candidate> candidates, SymbolLookup symbols) {

    /**
     * One place.
     *
     * @param place as {@link LibrarySource#label()} says it
     * @param reason why the library was not opened from there, or null when it was
     */
    public record Candidate(String place, String reason) {

        @Override
        public String toString() {
            if (reason == null) {
                return place + ": opened";
            }
            // The dynamic linker starts with the path itself.
            return reason.startsWith(place) ? reason : place + ": " + reason;
        }
    }

    public LoadReport {
        candidates = List.copyOf(candidates);
    }

    /** True when the library is open. */
    public boolean isLoaded() {
        return symbols != null;
    }

    /**
     * The symbols of the library.
     *
     * @throws UnavailableLibraryException with every place and its reason when it is not open
     */
    public SymbolLookup require() {
        if (symbols == null) {
            String places = candidates.stream().map(Candidate::toString).collect(Collectors.joining("; "));
            throw new UnavailableLibraryException(library.name() + " is not available (" + places + "); " + library.overrideVariable() + " can name its file");
        }
        return symbols;
    }
}
