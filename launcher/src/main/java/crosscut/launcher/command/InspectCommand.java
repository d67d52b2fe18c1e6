package crosscut.launcher.command;

import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.tools.InspectionReport;
import crosscut.engine.data.tools.Inspector;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks at every value of a tf_raw data set. Exit status {@value CommandLineMain#USER_ERROR} when some value must not be there. */
@Command(name = "inspect",
        description = "Print rows, type, least, greatest, mean and distinct values of every file of a tf_raw data set, and check every value.")
final class InspectCommand implements Callable<Integer> {

    @Spec
    private CommandSpec command;

    @Parameters(index = "0", paramLabel = "DIR", description = "Folder of the data set.")
    private Path folder;

    @Option(names = "--feature_spec", paramLabel = "FILE", defaultValue = FeatureSpec.DEFAULT_FILE_NAME,
            description = "Feature spec in that folder (default: ${DEFAULT-VALUE}).")
    private String featureSpec;

    @Option(names = "--json", arity = "0..1", fallbackValue = "true", description = "Print JSON for programs.")
    private boolean json;

    @Override
    public Integer call() {
        InspectionReport report = Inspector.inspect(folder.resolve(featureSpec));
        PrintWriter out = command.commandLine().getOut();
        if (json) {
            out.println(report.toJson());
        } else {
            out.print(report.toTable());
            out.flush();
        }
        int wrong = report.filesWithViolations().size();
        if (wrong > 0) {
            command.commandLine().getErr().println("crosscut: " + wrong + " of " + report.files().size() + " files of " + folder
                    + " hold values that must not be there; training on them would stop at the first");
            return CommandLineMain.USER_ERROR;
        }
        return 0;
    }
}
