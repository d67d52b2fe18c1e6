package crosscut.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArgumentFilesTest {

    @TempDir
    private Path folder;

    @Test
    void splitsAtBlanksOutsideQuotesAndDropsComments() {
        assertThat(ArgumentFiles.split("# a recipe\n--a 1  --b='x y'\t--c=\"#1\"z # rest --d\n\n--e#f ''"))
                .containsExactly("--a", "1", "--b=x y", "--c=#1z", "--e#f", "");
    }

    @Test
    void anArgumentMayBeVeryLong() {
        String widths = "128,".repeat(50_000) + "1";
        assertThat(ArgumentFiles.split("--top_mlp_dims=" + widths + " '" + widths + "'")).containsExactly("--top_mlp_dims=" + widths, widths);
    }

    @Test
    void includesRelativeToTheIncludingFile() throws IOException {
        Files.createDirectory(folder.resolve("sub"));
        Files.writeString(folder.resolve("outer.args"), "--first @sub/inner.args --last");
        Files.writeString(folder.resolve("sub/inner.args"), "--a @more.args");
        Files.writeString(folder.resolve("sub/more.args"), "--b @@plain");
        assertThat(ArgumentFiles.expand(folder, List.of("train", "@outer.args"))).containsExactly("train", "--first", "--a", "--b", "@plain", "--last");
    }

    @Test
    void missingAndCircularFilesAreNamed() throws IOException {
        assertThatThrownBy(() -> ArgumentFiles.expand(folder, List.of("@absent.args"))).isInstanceOf(UserException.class).hasMessageContaining("absent.args");
        Files.writeString(folder.resolve("self.args"), "@self.args");
        assertThatThrownBy(() -> ArgumentFiles.expand(folder, List.of("@self.args"))).isInstanceOf(UserException.class).hasMessageContaining("include itself");
        Files.write(folder.resolve("binary.args"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThatThrownBy(() -> ArgumentFiles.expand(folder, List.of("@binary.args"))).isInstanceOf(UserException.class).hasMessageContaining("UTF-8");
    }
}
