package crosscut.engine.preprocess.layout;

import crosscut.engine.UserException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Everything about the columns of one data set.
 *
 * @param name of the layout, for logs
 * @param missing texts that mean a missing value, beside the empty field
 */
public record ColumnLayout(String name, SourceFormat format, List<String> missing, LabelRule label, List<NumericalColumn> numerical,
        List<CategoricalColumn> categorical, SplitRule split) {

    public ColumnLayout {
        missing = List.copyOf(missing);
        numerical = List.copyOf(numerical);
        categorical = List.copyOf(categorical);
        requireDifferentNames(name, label, numerical, categorical);
    }

    /** The source columns that are used: label, then numerical, then categorical. */
    public List<String> usedColumns() {
        List<String> names = new ArrayList<>();
        names.add(label.column());
        numerical.forEach(column -> names.add(column.name()));
        categorical.forEach(column -> names.add(column.name()));
        return names;
    }

    /** The numerical features in their order: the columns, then the missing flags. */
    public List<String> numericalFeatures() {
        List<String> names = new ArrayList<>();
        numerical.forEach(column -> names.add(column.name()));
        numerical.stream().filter(NumericalColumn::missingFlag).forEach(column -> names.add(column.flagName()));
        return names;
    }

    private static void requireDifferentNames(String layout, LabelRule label, List<NumericalColumn> numerical, List<CategoricalColumn> categorical) {
        Set<String> seen = new HashSet<>();
        List<String> names = new ArrayList<>(List.of(label.column()));
        numerical.forEach(column -> names.add(column.name()));
        numerical.stream().filter(NumericalColumn::missingFlag).forEach(column -> names.add(column.flagName()));
        categorical.forEach(column -> names.add(column.name()));
        for (String column : names) {
            if (!seen.add(column)) {
                throw new UserException("layout " + layout + " uses column " + column + " twice: every column is label, numerical or categorical once");
            }
        }
        if (names.size() == 1) {
            throw new UserException("layout " + layout + " has no numerical and no categorical column: there is nothing to learn from");
        }
    }
}
