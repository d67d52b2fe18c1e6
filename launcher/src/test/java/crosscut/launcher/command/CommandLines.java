package crosscut.launcher.command;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Runs the command line inside the test. */
record CommandLines(int status, String out, String err) {

    static CommandLines run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = CommandLineMain.execute(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new CommandLines(status, out.toString(), err.toString());
    }
}
