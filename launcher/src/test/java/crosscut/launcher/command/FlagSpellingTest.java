package crosscut.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class FlagSpellingTest {

    private final FlagSpelling spelling = new FlagSpelling(new CommandLine(new Sample()), Map.of());

    @ParameterizedTest
    @CsvSource(textBlock = """
            --batch-size 5,                --batch_size 5
            --batch-size=5,                --batch_size=5
            --batch_size=a-b=c,            --batch_size=a-b=c
            --amp,                         --amp=true
            --amp=TRUE,                    --amp=true
            --amp=0,                       --amp=false
            --noamp,                       --amp=false
            --no-amp,                      --amp=false
            --no_amp,                      --amp=false
            --amp False,                   --amp=true False
            --json,                        --json
            --json=yes,                    --json
            --json=no,                     ''
            --nojson,                      ''
            --noise 3,                     --noise 3
            --no-concat-bottom,            --concat_bottom=false
            --un-known=x-y,                --un_known=x-y
            -h file-name,                  -h file-name
            --help,                        --help
            -- --no-amp,                   -- --no-amp
            """)
    void spellsAsDeclared(String given, String expected) {
        List<String> normalised = spelling.normalise(Arrays.asList(given.split(" ")));
        assertThat(String.join(" ", normalised)).isEqualTo(expected);
    }

    @Command(name = "sample", mixinStandardHelpOptions = true)
    private static final class Sample {
        @Option(names = "--batch_size")
        private String batchSize;

        @Option(names = "--amp", arity = "1")
        private boolean amp;

        @Option(names = "--concat_bottom", arity = "1", defaultValue = "true")
        private boolean concatBottom;

        @Option(names = "--json")
        private boolean json;

        @Option(names = "--noise")
        private int noise;
    }
}
