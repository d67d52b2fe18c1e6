package crosscut.launcher.fetch;

import crosscut.bindings.CudaLibraryPlaces;
import crosscut.engine.UserException;
import crosscut.kernels.device.ByteSize;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Brings cuBLASLt, NCCL and NVRTC into the folder of the cache where the bindings look for them. */
public final class CudaFetch {

    private final UnaryOperator<String> environment;
    private final LibraryFolder.FreeSpace space;
    private final MavenJar maven;

    /** With the cache, the disk and the Maven of this machine. */
    public CudaFetch() {
        this(System::getenv, LibraryFolder.FreeSpace.ofFileSystem(), new MavenJar(Path.of(System.getProperty("user.home")), "mvn"));
    }

    CudaFetch(UnaryOperator<String> environment, LibraryFolder.FreeSpace space, MavenJar maven) {
        this.environment = environment;
        this.space = space;
        this.maven = maven;
    }

    /**
     * Unpacks the libraries of the jars; of Maven's jar, which may have to be downloaded, when there are none.
     *
     * @param isTerminal whether what {@code out} shows can be rewritten
     * @throws UserException when they cannot be had or unpacked
     */
    public void run(List<Path> jars, PrintWriter out, boolean isTerminal) {
        Path path = CudaLibraryPlaces.cache(environment)
                .orElseThrow(() -> new UserException("there is no folder for libraries that only this user can write; name one by CROSSCUT_CACHE"));
        FetchProgress progress = new FetchProgress(out, isTerminal);
        try (LibraryFolder folder = LibraryFolder.take(path, space)) {
            for (Path jar : jars.isEmpty() ? List.of(jarOfMaven(folder, out, isTerminal)) : jars) {
                try (CudaArchive archive = CudaArchive.open(jar)) {
                    folder.unpack(archive, progress);
                }
            }
            MavenJar.deleteDownloads(path);
        }
        out.println("The libraries are in " + path + "; doctor says whether they load. They are NVIDIA's: https://docs.nvidia.com/cuda/eula");
    }

    private Path jarOfMaven(LibraryFolder folder, PrintWriter out, boolean isTerminal) {
        Optional<Path> existing = maven.inLocalRepository();
        if (existing.isPresent()) {
            return existing.get();
        }
        folder.require(MavenJar.BYTE_SIZE + MavenJar.UNPACKED_BYTE_SIZE, "downloading and unpacking " + MavenJar.ARTIFACT);
        out.println("Maven downloads " + MavenJar.ARTIFACT + ", about " + ByteSize.text(MavenJar.BYTE_SIZE) + ", of which about "
                + ByteSize.text(MavenJar.UNPACKED_BYTE_SIZE) + " will stay ...");
        return maven.download(folder.path(), isTerminal);
    }
}
