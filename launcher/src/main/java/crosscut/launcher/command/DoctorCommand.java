package crosscut.launcher.command;

import crosscut.launcher.doctor.Examination;
import crosscut.launcher.doctor.Finding;
import crosscut.launcher.doctor.Machine;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows what Crosscut finds on this machine: the first thing to send along with a question. */
@Command(name = "doctor", description = "Show what Crosscut finds on this machine: Java, processor, memory, native libraries, GPUs.")
final class DoctorCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        out.println("Crosscut " + VersionText.version());
        for (Finding finding : new Examination(Machine.here()).findings()) {
            out.printf("  %-16s %s%n", finding.topic(), finding.text());
        }
    }
}
