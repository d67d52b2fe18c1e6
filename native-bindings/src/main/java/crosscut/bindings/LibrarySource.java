package crosscut.bindings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** A place where a library may lie. */
public sealed interface LibrarySource permits LibrarySource.SystemName, LibrarySource.File, BundledLibrary {

    /** The place as reports name it. */
    String label();

    /**
     * What to open, in this order; the last one is the library itself, the others are those it needs.
     *
     * @throws IOException with the reason when there is nothing to open
     */
    List<String> locate() throws IOException;

    /**
     * A name that the system's dynamic linker looks up in its own folders.
     *
     * @param fileName with the version it must have: {@code libcublasLt.so.13}
     */
    record SystemName(String fileName) implements LibrarySource {

        @Override
        public String label() {
            return fileName + " of the system";
        }

        @Override
        public List<String> locate() {
            return List.of(fileName);
        }
    }

    /** A file at a known place. */
    record File(Path path) implements LibrarySource {

        @Override
        public String label() {
            return path.toString();
        }

        @Override
        public List<String> locate() throws IOException {
            if (!Files.exists(path)) {
                throw new NoSuchFileException(path.toString());
            }
            return List.of(path.toAbsolutePath().toString());
        }
    }
}
