package crosscut.launcher.command;

import picocli.CommandLine.IVersionProvider;

/** The answer to {@code --version}: ours, and the Java that runs it. */
final class VersionText implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {"Crosscut " + version() + " on Java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")"};
    }

    /** The version in the jar's manifest; classes that were not packed have none. */
    static String version() {
        String version = VersionText.class.getPackage().getImplementationVersion();
        return version == null ? "(unpacked build)" : version;
    }
}
