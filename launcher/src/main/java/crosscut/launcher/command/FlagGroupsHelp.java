package crosscut.launcher.command;

import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_OPTION_LIST;

import crosscut.launcher.options.FlagGroup;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.IParamLabelRenderer;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Shows a command's flags under the headings of their groups, in the order of declaration; flags of no group come last, under "Other flags". */
final class FlagGroupsHelp implements IHelpSectionRenderer {

    private static final String REST = "Other flags";

    /** Gives the command this list of flags, and a synopsis of what it cannot do without instead of one that repeats the list. */
    static void install(CommandLine command) {
        command.getHelpSectionMap().put(SECTION_KEY_OPTION_LIST, new FlagGroupsHelp());
        CommandSpec spec = command.getCommandSpec();
        if (spec.usageMessage().customSynopsis().length == 0) {
            StringBuilder synopsis = new StringBuilder(spec.qualifiedName());
            spec.positionalParameters().forEach(parameter -> synopsis.append(' ').append(parameter.paramLabel()));
            spec.options().stream().filter(OptionSpec::required)
                    .forEach(option -> synopsis.append(' ').append(option.longestName()).append(' ').append(option.paramLabel()));
            spec.usageMessage().customSynopsis(synopsis.append(" [flags]").toString());
        }
    }

    @Override
    public String render(Help help) {
        Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();
        List<OptionSpec> rest = new ArrayList<>();
        for (OptionSpec option : help.commandSpec().options()) {
            FlagGroup group = option.userObject() instanceof Field field ? field.getDeclaringClass().getAnnotation(FlagGroup.class) : null;
            (group == null ? rest : groups.computeIfAbsent(group.value(), _ -> new ArrayList<>())).add(option);
        }
        groups.put(groups.isEmpty() ? "Flags" : REST, rest);
        StringBuilder text = new StringBuilder();
        groups.forEach((heading, options) -> text.append(section(help, heading, options)));
        return text.toString();
    }

    private static String section(Help help, String heading, List<OptionSpec> options) {
        Help.Layout layout = help.createDefaultLayout(options, List.of(), help.colorScheme());
        layout.addAllOptions(options, new SwitchesBare(help.parameterLabelRenderer()));
        return System.lineSeparator() + heading + ":" + System.lineSeparator() + layout;
    }

    /** A switch is shown as {@code --x}, not {@code --x=<x>}. */
    private record SwitchesBare(IParamLabelRenderer usual) implements IParamLabelRenderer {
        @Override
        public Text renderParameterLabel(ArgSpec argument, Help.Ansi ansi, List<Help.Ansi.IStyle> styles) {
            boolean isSwitch = argument.type() == boolean.class || argument.type() == Boolean.class;
            return isSwitch ? ansi.new Text("") : usual.renderParameterLabel(argument, ansi, styles);
        }

        @Override
        public String separator() {
            return usual.separator();
        }
    }
}
