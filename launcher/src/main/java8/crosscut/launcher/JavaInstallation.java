package crosscut.launcher;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/** A Java found on this machine, known by its {@code release} file: reading that is quick, and safer than running whatever is called java. */
final class JavaInstallation {

    private static final String VERSION_KEY = "JAVA_VERSION=";

    private final File home;
    private final String version;

    private JavaInstallation(File home, String version) {
        this.home = home;
        this.version = version;
    }

    /** The installation in {@code home}, or null where there is no {@code bin/java} or no readable {@code release} file that names a version. */
    static JavaInstallation in(File home) {
        File release = new File(home, "release");
        if (!new File(home, "bin/java").canExecute() || !release.canRead()) {
            return null;
        }
        try (BufferedReader lines = Files.newBufferedReader(release.toPath(), StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(VERSION_KEY)) {
                    return new JavaInstallation(home, line.substring(VERSION_KEY.length()).replace("\"", "").trim());
                }
            }
        } catch (IOException unreadable) {
            return null;
        }
        return null;
    }

    /** 8 for "1.8.0_402", 17 for "17.0.15", 26 for "26-ea"; 0 for text that is no version. */
    static int featureVersion(String version) {
        String[] parts = (version.startsWith("1.") ? version.substring(2) : version).split("[^0-9]", 2);
        return parts[0].isEmpty() ? 0 : Integer.parseInt(parts[0]);
    }

    int featureVersion() {
        return featureVersion(version);
    }

    File executable() {
        return new File(home, "bin/java");
    }

    @Override
    public String toString() {
        return "Java " + version + " in " + home;
    }
}
