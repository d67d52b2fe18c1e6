package crosscut.launcher.command;

import crosscut.launcher.datasets.BundledDataset;
import crosscut.launcher.progress.LogResults;
import crosscut.launcher.progress.Quantities;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** From raw data to test AUC with the bundled data set, through the same commands that everybody uses; each is shown before it runs. */
@Command(name = "quickstart", description = "Prepare the bundled real data set, train on it, evaluate, and compare with known results. Takes about a minute.")
final class QuickstartCommand implements Callable<Integer> {

    private static final BundledDataset DATASET = BundledDataset.COUPON;

    @Spec
    private CommandSpec spec;

    @Option(names = "--output", paramLabel = "DIR", defaultValue = "data/quickstart",
            description = "Folder for raw data, data set, checkpoints and log; data set and log of an earlier quickstart are replaced. "
                    + "Default: ${DEFAULT-VALUE}")
    private Path output;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Path raw = output.resolve("raw");
        Path data = output.resolve("data");
        Path log = output.resolve("log.jsonl");
        out.println(DATASET.citation());
        DATASET.unpack(raw);
        int status = run("preprocess", "--layout", raw.resolve(DATASET.mappingFile()).toString(), "--train", raw.resolve(DATASET.dataFile()).toString(),
                "--output", data.toString(), "--overwrite");
        if (status == 0) {
            status = run("train", "--dataset_path", data.toString(), "@" + raw.resolve(DATASET.recipeFile()), "--log_path", log.toString(),
                    "--save_checkpoint_path", output.resolve("checkpoints").toString());
        }
        if (status == 0) {
            compare(LogResults.lastEvaluation(log), out);
        }
        return status;
    }

    private int run(String... arguments) {
        PrintWriter out = spec.commandLine().getOut();
        out.println();
        out.println("$ ./crosscut " + String.join(" ", arguments));
        return CommandLineMain.execute(out, spec.commandLine().getErr(), arguments);
    }

    private static void compare(LogResults reached, PrintWriter out) {
        out.println();
        out.println(row("on the same test rows", "AUC", "logloss"));
        for (BundledDataset.Baseline baseline : DATASET.baselines()) {
            out.println(row(baseline.model(), Quantities.format("%.4f", baseline.auc()), Quantities.format("%.4f", baseline.logloss())));
        }
        out.println(row("this DCNv2, after its last epoch", Quantities.format("%.4f", reached.auc()), Quantities.format("%.4f", reached.loss())));
    }

    private static String row(String model, String auc, String loss) {
        return String.join("  ", List.of(Quantities.format("%-34s", model), Quantities.format("%7s", auc), Quantities.format("%7s", loss)));
    }
}
