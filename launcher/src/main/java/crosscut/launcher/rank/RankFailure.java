package crosscut.launcher.rank;

/**
 * Why a rank gave up.
 *
 * @param message one line for people, without the program's name
 * @param stackTrace where it came from, for those who asked with {@code --stacktrace}; empty otherwise
 */
public record RankFailure(String message, String stackTrace) {
}
