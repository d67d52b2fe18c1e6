package crosscut.launcher.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.preprocess.PreprocessListener;
import crosscut.engine.preprocess.PreprocessOptions;
import crosscut.engine.preprocess.PreprocessOptions.DictionaryScope;
import crosscut.engine.preprocess.PreprocessOptions.ExistingOutput;
import crosscut.engine.preprocess.PreprocessOptions.RowOrder;
import crosscut.engine.preprocess.PreprocessSummary;
import crosscut.engine.preprocess.Preprocessing;
import crosscut.engine.preprocess.layout.ColumnChoices;
import crosscut.engine.preprocess.layout.MappingFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bundled data can be unpacked, prepared and cited. */
class BundledDatasetTest {

    @Test
    void couponHasTheKnownSizes(@TempDir Path folder) {
        BundledDataset coupon = BundledDataset.COUPON;
        coupon.unpack(folder.resolve("raw"));
        PreprocessSummary summary = Preprocessing.run(new PreprocessOptions(MappingFile.read(folder.resolve("raw").resolve(coupon.mappingFile()), ColumnChoices.none()),
                List.of(folder.resolve("raw").resolve(coupon.dataFile())), List.of(), List.of(), DictionaryScope.TRAIN, RowOrder.RANDOM, 0, 0,
                folder.resolve("coupon"), Optional.empty(), "500MB", 2, ExistingOutput.REFUSE), PreprocessListener.SILENT);
        assertThat(summary.splits()).extracting(PreprocessSummary.Split::rows).containsExactly(10_148L, 2_536L);
        assertThat(summary.splits().stream().mapToLong(PreprocessSummary.Split::positives).sum() / 12_684.0).isBetween(0.5675, 0.5685);
        assertThat(summary.columns()).hasSize(24).allMatch(PreprocessSummary.Column::categorical);
        assertThat(coupon.citation()).contains("CC BY 4.0", "Wang", "2017");
    }
}
