package crosscut.launcher.rank;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A rank that runs inside the test: everything that its process does but the process.
 *
 * @param status exit status
 * @param failure what it tells its supervisor, where it fails
 */
public record RankInProcess(int status, Optional<RankFailure> failure) {

    public static RankInProcess run(List<String> flags) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        RankMain rank = RankMain.parsed(flags.toArray(String[]::new));
        int status = rank.lifetime(new PrintStream(output, true, StandardCharsets.UTF_8)).execute(rank::run);
        RankLines lines = new RankLines();
        return new RankInProcess(status, output.toString(StandardCharsets.UTF_8).lines().map(lines::failure).flatMap(Optional::stream).findFirst());
    }
}
