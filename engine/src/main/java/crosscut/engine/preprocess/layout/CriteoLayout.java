package crosscut.engine.preprocess.layout;

import crosscut.engine.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Criteo's click logs, Kaggle's and the terabyte's alike: label, 13 counts I1 ... I13, 26 hashed categories C1 ... C26, tab separated, empty = missing. */
public final class CriteoLayout {

    public static final String NAME = "criteo";

    private static final int NUMERICAL = 13;
    private static final int CATEGORICAL = 26;

    private CriteoLayout() {
    }

    /** Throws {@link UserException} when no frequency threshold was chosen: the right one depends on how much of the data there is. */
    public static ColumnLayout create(ColumnChoices choices) {
        long threshold = choices.frequencyThreshold().orElseThrow(() -> new UserException("--layout criteo needs --frequency_threshold T: values seen fewer than"
                + " T times share one embedding row (15 and 3 are usual for the terabyte, 10 for Kaggle's file or a sample, 0 keeps all)"));
        NumericTransform transform = choices.transform().orElse(NumericTransform.LOG3);
        boolean missingFlags = choices.missingFlags().orElse(false);
        List<String> names = new ArrayList<>(List.of("label"));
        List<NumericalColumn> numerical = new ArrayList<>();
        for (int column = 1; column <= NUMERICAL; column++) {
            numerical.add(new NumericalColumn("I" + column, transform, missingFlags));
            names.add("I" + column);
        }
        List<CategoricalColumn> categorical = new ArrayList<>();
        for (int column = 1; column <= CATEGORICAL; column++) {
            categorical.add(new CategoricalColumn("C" + column, threshold));
            names.add("C" + column);
        }
        SourceFormat format = new SourceFormat.Text('\t', Optional.empty(), false, names, Optional.empty(), NUMERICAL + CATEGORICAL,
                "the label column seems to be absent, as in the test files that Criteo published without labels; split a file with labels instead");
        return new ColumnLayout(NAME, format, List.of(), new LabelRule("label", List.of("1"), List.of("0")), numerical, categorical,
                choices.split().orElseGet(SplitRule.SeparateFiles::new));
    }
}
