package crosscut.engine.data;

import java.util.Set;

/** All splits of one data set, from files or drawn. */
public interface Dataset extends AutoCloseable {

    /** What the features are. */
    FeatureSpec spec();

    /** Names of the splits: train and test, perhaps validation. */
    Set<String> splits();

    /** The samples of one split; closed together with the data set. Throws {@link IllegalArgumentException} for a split that is not there. */
    SampleSource split(String name);

    @Override
    void close();
}
