package crosscut.launcher;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks through the usual places for a new enough Java, and remembers where it looked and what it met. */
final class JavaSearch {

    private final Map<String, String> environment;
    private final String userHome;
    private final List<String> places = new ArrayList<>();
    private final Set<String> tooOld = new LinkedHashSet<>();

    JavaSearch(Map<String, String> environment, String userHome) {
        this.environment = environment;
        this.userHome = userHome;
    }

    /** The first place's Java of at least {@code version}; in a folder of many the nearest newer version, which is the best tested. Null if none has one. */
    JavaInstallation find(int version) {
        List<List<File>> candidates = new ArrayList<>();
        candidates.add(variable("CROSSCUT_JAVA_HOME"));
        candidates.add(variable("JAVA_HOME"));
        candidates.add(path());
        candidates.add(folder(new File("/usr/lib/jvm")));
        candidates.add(folder(new File("/opt")));
        candidates.add(folder(new File(userHome, ".sdkman/candidates/java")));
        candidates.add(folder(new File(userHome, ".jdks")));
        for (List<File> homes : candidates) {
            JavaInstallation best = nearest(homes, version);
            if (best != null) {
                return best;
            }
        }
        return null;
    }

    /** One or two sentences for people: where {@link #find} looked and what it found that was too old. */
    String report() {
        return "Looked in " + String.join(", ", places) + (tooOld.isEmpty() ? " and found no Java." : " and found only " + String.join(", ", tooOld) + ".");
    }

    private JavaInstallation nearest(List<File> homes, int version) {
        JavaInstallation best = null;
        for (File home : homes) {
            JavaInstallation java = JavaInstallation.in(home);
            if (java == null) {
                continue;
            }
            if (java.featureVersion() < version) {
                tooOld.add(java.toString());
            } else if (best == null || java.featureVersion() < best.featureVersion()) {
                best = java;
            }
        }
        return best;
    }

    private List<File> variable(String name) {
        List<File> homes = new ArrayList<>();
        String value = environment.get(name);
        if (value == null || value.isEmpty()) {
            places.add(name + " (not set)");
        } else {
            places.add(name + "=" + value);
            homes.add(new File(value));
        }
        return homes;
    }

    private List<File> path() {
        places.add("PATH");
        List<File> homes = new ArrayList<>();
        String path = environment.get("PATH");
        for (String folder : path == null ? new String[0] : path.split(File.pathSeparator)) {
            File java = new File(folder, "java");
            if (java.canExecute()) {
                File home = homeOf(java);
                if (home != null) {
                    homes.add(home);
                }
            }
        }
        return homes;
    }

    /** /usr/bin/java is a link to HOME/bin/java; null where it is a script that lies elsewhere. */
    private static File homeOf(File java) {
        try {
            return java.getCanonicalFile().getParentFile().getParentFile();
        } catch (IOException brokenLink) {
            return null;
        }
    }

    private List<File> folder(File folder) {
        places.add(folder.getPath());
        List<File> homes = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        File[] children = folder.listFiles();
        for (File child : children == null ? new File[0] : children) {
            String canonical = canonicalPath(child);
            if (child.isDirectory() && seen.add(canonical)) {
                homes.add(new File(canonical));
            }
        }
        return homes;
    }

    private static String canonicalPath(File file) {
        try {
            return file.getCanonicalPath();
        } catch (IOException brokenLink) {
            return file.getPath();
        }
    }
}
