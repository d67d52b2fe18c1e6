package crosscut.bench.run;

import crosscut.engine.UserException;
import crosscut.engine.data.FileFailure;
import crosscut.launcher.command.ArgumentFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A file with the flags of a command.
 *
 * @param file its path
 * @param arguments what stands in it, in place of other files that it names what stands in those
 */
record Recipe(Path file, List<String> arguments) {

    /** Of trainings. */
    static final String ENDING = ".train";

    private static final String PREPARATION_ENDING = ".preprocess";

    Recipe {
        arguments = List.copyOf(arguments);
    }

    /**
     * The trainings of a folder, by name.
     *
     * @throws UserException when there are none, or when one cannot be read
     */
    static List<Recipe> trainings(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new UserException("--recipes: there is no folder " + folder + "; name one that has recipes (*" + ENDING + ")");
        }
        List<Recipe> trainings = in(folder, ENDING);
        if (trainings.isEmpty()) {
            throw new UserException("--recipes: there is no recipe (*" + ENDING + ") in " + folder + "; name a folder that has some");
        }
        return trainings;
    }

    private static List<Recipe> in(Path folder, String ending) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(ending)).sorted()
                    .map(file -> new Recipe(file, ArgumentFiles.expand(Path.of(""), List.of("@" + file)))).toList();
        } catch (IOException failure) {
            throw new UserException("--recipes: cannot read " + folder + ": " + FileFailure.reason(failure), failure);
        }
    }

    /** The file's name without its ending. */
    String name() {
        String name = file.getFileName().toString();
        return name.substring(0, name.lastIndexOf('.'));
    }

    /**
     * What is missing, in one line with the command that makes it; empty where the data set is there.
     *
     * @param folder in which to look for that command
     */
    Optional<String> missingData(Path folder) {
        return value("--dataset_path").filter(dataset -> !Files.exists(Path.of(dataset))).map(dataset -> name() + ": there is no data set " + dataset
                + "; prepare it" + preparation(folder, dataset).map(preparation -> " by ./crosscut @" + preparation.file()).orElse(" first"));
    }

    /** By what it writes: several trainings can share a data set, so it need not have the training's name. */
    private static Optional<Recipe> preparation(Path folder, String dataset) {
        return in(folder, PREPARATION_ENDING).stream().filter(preparation -> preparation.value("--output").equals(Optional.of(dataset))).findFirst();
    }

    /** The value of a flag in any of its spellings; given again, the last one counts. */
    private Optional<String> value(String flag) {
        Optional<String> value = Optional.empty();
        for (int i = 0; i < arguments.size(); i++) {
            String[] parts = arguments.get(i).split("=", 2);
            if (parts[0].startsWith("--") && parts[0].substring(2).replace('-', '_').equals(flag.substring(2))) {
                value = parts.length == 2 ? Optional.of(parts[1]) : arguments.stream().skip(i + 1L).findFirst();
            }
        }
        return value;
    }
}
