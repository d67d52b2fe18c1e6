package crosscut.bindings;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Where the libraries of a CUDA toolkit may lie: in the folders of CROSSCUT_CUDA_LIBS, where the dynamic linker looks, in toolkit folders, in Python packages of
 * pip, and in our cache, which {@code fetch-cuda} fills. Newer versions come before older ones, whatever the place.
 *
 * <p>A folder that was named, a toolkit's or the cache is a place even when it lacks the library, so that reports say so; a Python package is one only when it
 * has the library, because there are dozens of them.
 */
public final class CudaLibraryPlaces {

    /** Environment variable with folders to look into first, separated by colons. */
    public static final String FOLDERS_VARIABLE = "CROSSCUT_CUDA_LIBS";

    private static final String CACHE_NAME = "cuda";
    private static final List<String> PYTHON_ROOTS = List.of("usr/lib", "usr/local/lib", "opt/conda/lib", "usr/lib64");

    private final UnaryOperator<String> environment;
    private final Path root;

    /** Places as this environment names them, below {@code root}: {@code /}. */
    CudaLibraryPlaces(UnaryOperator<String> environment, Path root) {
        this.environment = environment;
        this.root = root;
    }

    /**
     * Places of one library.
     *
     * @param fileNames with their versions, newest first
     */
    public static List<LibrarySource> of(UnaryOperator<String> environment, String... fileNames) {
        return new CudaLibraryPlaces(environment, Path.of("/")).sources(fileNames);
    }

    /** Our folder for libraries that were fetched; empty where the user has no folder that only he can write. */
    public static Optional<Path> cache(UnaryOperator<String> environment) {
        return CacheFolder.ofUser(environment).stream().filter(cache -> !cache.isInSharedFolder()).map(cache -> cache.path().resolve(CACHE_NAME)).findFirst();
    }

    List<LibrarySource> sources(String... fileNames) {
        List<Path> named = paths(FOLDERS_VARIABLE);
        Set<Path> toolkits = toolkits();
        Set<Path> packages = pythonPackages();
        List<LibrarySource> sources = new ArrayList<>();
        for (String fileName : fileNames) {
            named.forEach(folder -> sources.add(new LibrarySource.File(folder.resolve(fileName))));
            sources.add(new LibrarySource.SystemName(fileName));
            toolkits.forEach(folder -> sources.add(new LibrarySource.File(folder.resolve(fileName))));
            packages.stream().map(folder -> folder.resolve(fileName)).filter(Files::exists).forEach(file -> sources.add(new LibrarySource.File(file)));
            cache(environment).ifPresent(folder -> sources.add(new LibrarySource.File(folder.resolve(fileName))));
        }
        return sources;
    }

    /** The folders of a list as PATH is one. */
    private List<Path> paths(String variable) {
        String value = environment.apply(variable);
        return value == null ? List.of() : Stream.of(value.split(File.pathSeparator)).filter(folder -> !folder.isBlank()).map(Path::of).toList();
    }

    /** Folders with libraries, each once: {@code /usr/local/cuda} is a link to one of the others. */
    private Set<Path> toolkits() {
        List<Path> homes = new ArrayList<>(paths("CUDA_HOME"));
        homes.add(root.resolve("usr/local/cuda"));
        homes.addAll(children(root.resolve("usr/local"), "cuda-").reversed());
        Set<Path> seen = new LinkedHashSet<>();
        Set<Path> folders = new LinkedHashSet<>();
        for (Path home : homes) {
            for (String libraries : List.of("lib64", "targets/x86_64-linux/lib")) {
                Path folder = home.resolve(libraries);
                if (Files.isDirectory(folder) && seen.add(realPath(folder))) {
                    folders.add(folder);
                }
            }
        }
        return folders;
    }

    private static Path realPath(Path folder) {
        try {
            return folder.toRealPath();
        } catch (IOException gone) {
            return folder;
        }
    }

    /** {@code .../site-packages/nvidia/*}{@code /lib}: one folder per package up to CUDA 12, one for all of them from 13 on. */
    private Set<Path> pythonPackages() {
        List<Path> roots = new ArrayList<>();
        Stream.of("VIRTUAL_ENV", "CONDA_PREFIX").flatMap(variable -> paths(variable).stream()).forEach(prefix -> roots.add(prefix.resolve("lib")));
        paths("PATH").stream().filter(folder -> Files.exists(folder.resolve("python3"))).forEach(folder -> roots.add(folder.resolveSibling("lib")));
        paths("HOME").forEach(home -> roots.add(home.resolve(".local/lib")));
        PYTHON_ROOTS.forEach(folder -> roots.add(root.resolve(folder)));
        Set<Path> folders = new LinkedHashSet<>();
        for (Path libraries : roots) {
            for (Path python : children(libraries, "python3").reversed()) {
                for (String packages : List.of("site-packages", "dist-packages")) {
                    children(python.resolve(packages).resolve("nvidia"), "").reversed().forEach(vendor -> folders.add(vendor.resolve("lib")));
                }
            }
        }
        return folders;
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
