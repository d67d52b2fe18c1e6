package crosscut.launcher.doctor;

import crosscut.bindings.CacheFolder;
import crosscut.kernels.device.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Where files that can be made again are kept, and how much space there is. */
record CacheFolders(UnaryOperator<String> environment) {

    Finding finding() {
        return new Finding("Cache folder", CacheFolder.ofUser(environment).stream().map(folder -> space(folder.path())).collect(Collectors.joining("; else ")));
    }

    private static String space(Path folder) {
        Path existing = folder;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null) {
            return folder + " (no such folder)";
        }
        try {
            String free = ByteSize.text(Files.getFileStore(existing).getUsableSpace()) + " free";
            return folder + " (" + free + (Files.isWritable(existing) ? "" : ", not writable") + ")";
        } catch (IOException unknown) {
            return folder + " (space unknown: " + unknown.getMessage() + ")";
        }
    }
}
