package crosscut.launcher.datasets;

import crosscut.engine.UserException;
import crosscut.engine.data.FileFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A small real data set in raw form.
 *
 * @param name also the folder of its resources
 * @param mappingFile the layout for preprocess
 * @param dataFile the raw data
 * @param recipeFile flags of train, chosen without a look at the test rows
 * @param baselines what others reach on its test rows, best last
 */
public record BundledDataset(String name, String mappingFile, String dataFile, String recipeFile, List<Baseline> baselines) {

    /** Test AUC and logloss of a well-known model on the same split. */
    public record Baseline(String model, double auc, double logloss) {
    }

    /** 12,684 drivers' answers to coupons (UCI, CC BY 4.0): small, and interactions of features matter, which is what cross layers are for. */
    public static final BundledDataset COUPON = new BundledDataset("coupon", "coupon.yaml", "in-vehicle-coupon-recommendation.csv.gz",
            "train.args", List.of(new Baseline("logistic regression", 0.7398, 0.5919), new Baseline("gradient-boosted trees (XGBoost)", 0.8245, 0.5085)));

    private static final String CITATION_FILE = "CITATION.txt";

    /** Where the data come from, their licence and whom to cite. */
    public String citation() {
        try (InputStream resource = resource(CITATION_FILE)) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /**
     * Copies mapping file, raw data, recipe and citation into {@code folder}, which is made if needed.
     *
     * @throws UserException when they cannot be written
     */
    public void unpack(Path folder) {
        try {
            Files.createDirectories(folder);
            for (String file : List.of(mappingFile, dataFile, recipeFile, CITATION_FILE)) {
                try (InputStream resource = resource(file)) {
                    Files.copy(resource, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException failure) {
            throw new UserException("cannot unpack the bundled data set " + name + " to " + folder + ": " + FileFailure.reason(failure), failure);
        }
    }

    private InputStream resource(String file) {
        InputStream resource = BundledDataset.class.getResourceAsStream(name + "/" + file);
        if (resource == null) {
            throw new IllegalStateException("the bundled data set " + name + " lacks " + file);
        }
        return resource;
    }
}
