package crosscut.launcher.supervisor;

import crosscut.kernels.collective.Rendezvous;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The exact command of one rank.
 *
 * @param rank from 0
 * @param environment variables it gets beside the supervisor's own
 * @param arguments program and arguments
 */
public record RankCommand(int rank, Map<String, String> environment, List<String> arguments) {

    /** Names of the variables that tell a rank its place. */
    public static final String RANK_VARIABLE = "CROSSCUT_RANK";
    public static final String WORLD_SIZE_VARIABLE = "CROSSCUT_WORLD_SIZE";
    /** Where the ranks meet: the point of {@link MeetingPlace}. */
    public static final String RENDEZVOUS_VARIABLE = "CROSSCUT_RENDEZVOUS";

    public RankCommand {
        environment = Map.copyOf(environment);
        arguments = List.copyOf(arguments);
    }

    /** Ranks of the whole run. */
    int worldSize() {
        return Integer.parseInt(environment.getOrDefault(WORLD_SIZE_VARIABLE, "1"));
    }

    /** The command as it can be pasted into a shell; the secret is left for the one who pastes it to choose. */
    public String shellLine() {
        List<String> words = new ArrayList<>();
        new TreeMap<>(environment).forEach((name, value) -> words.add(name + "=" + (name.equals(Rendezvous.SECRET_VARIABLE) ? "SECRET" : quoted(value))));
        return words.isEmpty() ? shellWords() : String.join(" ", words) + " " + shellWords();
    }

    private String shellWords() {
        return arguments.stream().map(RankCommand::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
