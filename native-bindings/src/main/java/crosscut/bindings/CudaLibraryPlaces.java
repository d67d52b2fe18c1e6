package crosscut.bindings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Where the libraries of a CUDA toolkit may lie: in the folders of CROSSCUT_CUDA_LIBS, where the dynamic linker looks, in toolkit folders, in Python packages of
 * pip, and in our cache, which {@code fetch-cuda} fills. Newer versions come before older ones, whatever the place.
 */
public final class CudaLibraryPlaces {

    /** Environment variable with folders to look into first, separated by colons. */
    public static final String FOLDERS_VARIABLE = "CROSSCUT_CUDA_LIBS";

    /** Folder of our cache for libraries that were fetched. */
    public static final String CACHE_NAME = "cuda";

    private static final List<String> PYTHON_ROOTS = List.of("/usr/lib", "/usr/local/lib", "/opt/conda/lib", "/usr/lib64");

    private CudaLibraryPlaces() {
    }

    /**
     * Places of one library.
     *
     * @param fileNames with their versions, newest first
     */
    public static List<LibrarySource> of(UnaryOperator<String> environment, String... fileNames) {
        Set<Path> folders = new LinkedHashSet<>();
        String named = environment.apply(FOLDERS_VARIABLE);
        if (named != null) {
            Stream.of(named.split(":")).filter(folder -> !folder.isBlank()).map(Path::of).forEach(folders::add);
        }
        int namedFolders = folders.size();
        addToolkits(environment, folders);
        addPythonPackages(environment, folders);
        // A folder that others can write to may hold anything.
        CacheFolder.ofUser(environment).stream().filter(cache -> !cache.isInSharedFolder()).forEach(cache -> folders.add(cache.path().resolve(CACHE_NAME)));
        List<LibrarySource> sources = new ArrayList<>();
        for (String fileName : fileNames) {
            List<Path> all = List.copyOf(folders);
            addFiles(sources, all.subList(0, namedFolders), fileName, true);
            sources.add(new LibrarySource.SystemName(fileName));
            addFiles(sources, all.subList(namedFolders, all.size()), fileName, false);
        }
        return sources;
    }

    private static void addFiles(List<LibrarySource> sources, List<Path> folders, String fileName, boolean evenIfMissing) {
        for (Path folder : folders) {
            Path file = folder.resolve(fileName);
            if (evenIfMissing || Files.exists(file)) {
                sources.add(new LibrarySource.File(file));
            }
        }
    }

    private static void addToolkits(UnaryOperator<String> environment, Set<Path> folders) {
        String home = environment.apply("CUDA_HOME");
        List<Path> toolkits = new ArrayList<>();
        if (home != null && !home.isBlank()) {
            toolkits.add(Path.of(home));
        }
        toolkits.add(Path.of("/usr/local/cuda"));
        toolkits.addAll(children(Path.of("/usr/local"), "cuda-").reversed());
        for (Path toolkit : toolkits) {
            folders.add(toolkit.resolve("lib64"));
            folders.add(toolkit.resolve("targets/x86_64-linux/lib"));
        }
    }

    /** {@code .../site-packages/nvidia/*}{@code /lib}: one folder per package up to CUDA 12, one for all of them from 13 on. */
    private static void addPythonPackages(UnaryOperator<String> environment, Set<Path> folders) {
        List<Path> roots = new ArrayList<>();
        for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
            String prefix = environment.apply(variable);
            if (prefix != null && !prefix.isBlank()) {
                roots.add(Path.of(prefix, "lib"));
            }
        }
        String home = environment.apply("HOME");
        if (home != null && !home.isBlank()) {
            roots.add(Path.of(home, ".local", "lib"));
        }
        PYTHON_ROOTS.stream().map(Path::of).forEach(roots::add);
        for (Path root : roots) {
            for (Path python : children(root, "python3").reversed()) {
                for (String packages : List.of("site-packages", "dist-packages")) {
                    children(python.resolve(packages).resolve("nvidia"), "").reversed().forEach(vendor -> folders.add(vendor.resolve("lib")));
                }
            }
        }
    }

    private static List<Path> children(Path folder, String prefix) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix)).sorted().toList();
        } catch (IOException missing) {
            // Most of these folders do not exist, and one that cannot be read has nothing for us.
            return List.of();
        }
    }
}
