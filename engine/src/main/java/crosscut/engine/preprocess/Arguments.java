package crosscut.engine.preprocess;

import crosscut.engine.preprocess.PreprocessOptions.RowOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Everything that decides about the result, as named texts: what a resumed run must agree with, and the record of how a data set was made. */
final class Arguments {

    private Arguments() {
    }

    static Map<String, String> describe(PreprocessOptions options, List<InputFile> inputs) {
        Map<String, String> arguments = new LinkedHashMap<>();
        int validation = options.train().size();
        int test = validation + options.validation().size();
        arguments.put("train files", identities(inputs.subList(0, validation)));
        arguments.put("validation files", identities(inputs.subList(validation, test)));
        arguments.put("test files", identities(inputs.subList(test, inputs.size())));
        arguments.put("layout", options.layout().name());
        arguments.put("format", options.layout().format().toString());
        arguments.put("missing", options.layout().missing().toString());
        arguments.put("label", options.layout().label().toString());
        arguments.put("numerical", options.layout().numerical().toString());
        arguments.put("categorical", options.layout().categorical().toString());
        arguments.put("split", options.layout().split().toString());
        arguments.put("dictionary", options.dictionary().toString());
        arguments.put("order", options.order().toString());
        arguments.put("seed", options.order() == RowOrder.RANDOM ? Long.toString(options.seed()) : "not used");
        arguments.put("max_bad_lines", Long.toString(options.maxBadLines()));
        return arguments;
    }

    private static String identities(List<InputFile> inputs) {
        return inputs.stream().map(InputFile::identity).collect(Collectors.joining(", "));
    }
}
