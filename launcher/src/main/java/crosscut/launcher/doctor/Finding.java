package crosscut.launcher.doctor;

/** One line of the doctor's report: {@code topic} in a word or two, {@code text} as people should read it. */
public record Finding(String topic, String text) {
}
