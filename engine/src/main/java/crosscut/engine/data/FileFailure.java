package crosscut.engine.data;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** The operating system's reason in words: the messages of the file exceptions are mostly the bare path. */
public final class FileFailure {

    private FileFailure() {
    }

    /** Why the file {@code named} cannot be read or written, without the path, for messages that have named it. */
    public static String reasonFor(Path named, IOException failure) {
        if (Files.isDirectory(named)) {
            return "it is a folder";
        }
        String reason = reason(failure);
        String repeated = ": " + named;
        return reason.endsWith(repeated) ? reason.substring(0, reason.length() - repeated.length()) : reason;
    }

    public static String reason(IOException failure) {
        return switch (failure) {
            case NoSuchFileException missing -> "no such file or folder: " + missing.getFile();
            case AccessDeniedException denied -> "permission denied: " + denied.getFile();
            case NotDirectoryException notFolder -> "not a folder: " + notFolder.getFile();
            case FileAlreadyExistsException existing -> "it exists and is not a folder: " + existing.getFile();
            case FileSystemException other when other.getReason() != null -> other.getReason() + ": " + other.getFile();
            default -> String.valueOf(failure.getMessage());
        };
    }
}
