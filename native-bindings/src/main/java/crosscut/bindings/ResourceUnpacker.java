package crosscut.bindings;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;

/**
 * Copies class path resources to files once. The folder is named after size and checksum, so a new version gets a new one; a file gets its final name only
 * when it is complete, by a rename. Any number of processes may therefore start at once on a cold cache.
 */
final class ResourceUnpacker {

    private final ClassLoader loader;

    ResourceUnpacker(ClassLoader loader) {
        this.loader = loader;
    }

    /** What the class path says about a resource without reading it. */
    private record Resource(String fileName, URL url, long byteSize, long stamp) {
    }

    /**
     * Unpacks the resources that are not there yet.
     *
     * @return the files, in the order of {@code resources}
     * @throws IOException with folder and reason
     */
    List<Path> unpack(String name, List<String> resources, CacheFolder cache) throws IOException {
        List<Resource> found = new ArrayList<>();
        long stamp = 0;
        for (String resource : resources) {
            Resource one = describe(resource);
            found.add(one);
            stamp = 31 * stamp + one.stamp() + one.byteSize();
        }
        Path folder = cache.path().resolve(name + "-" + Long.toHexString(stamp));
        try {
            cache.create();
            Files.createDirectories(folder);
            List<Path> files = new ArrayList<>();
            for (Resource resource : found) {
                files.add(unpack(resource, folder));
            }
            return files;
        } catch (IOException failed) {
            throw new IOException("cannot unpack into " + folder + ": " + reason(failed), failed);
        }
    }

    private Resource describe(String resource) throws IOException {
        URL url = loader.getResource(resource);
        if (url == null) {
            throw new FileNotFoundException("the class path has no " + resource);
        }
        String fileName = resource.substring(resource.lastIndexOf('/') + 1);
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false);
        if (connection instanceof JarURLConnection inJar) {
            try (JarFile jar = inJar.getJarFile()) {
                return new Resource(fileName, url, jar.getEntry(resource).getSize(), jar.getEntry(resource).getCrc());
            }
        }
        Resource found = new Resource(fileName, url, connection.getContentLengthLong(), connection.getLastModified());
        connection.getInputStream().close();
        return found;
    }

    private static Path unpack(Resource resource, Path folder) throws IOException {
        Path target = folder.resolve(resource.fileName());
        if (Files.exists(target) && Files.size(target) == resource.byteSize()) {
            return target;
        }
        Path unfinished = Files.createTempFile(folder, resource.fileName(), ".unfinished");
        try {
            URLConnection connection = resource.url().openConnection();
            connection.setUseCaches(false);
            try (InputStream in = connection.getInputStream()) {
                Files.copy(in, unfinished, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        return target;
    }

    /** File system exceptions often carry nothing but a path; this is what they mean. */
    private static String reason(IOException failed) {
        return switch (failed) {
            case AccessDeniedException denied -> "no permission to write " + denied.getFile();
            case NoSuchFileException missing -> "cannot create " + missing.getFile();
            case FileAlreadyExistsException exists -> exists.getFile() + " is not a folder";
            case FileSystemException other when other.getReason() != null -> other.getReason() + " (" + other.getFile() + ")";
            default -> failed.getMessage();
        };
    }
}
