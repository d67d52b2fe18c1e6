package crosscut.engine.preprocess.layout;

import java.util.List;

/**
 * Which texts of the label column mean a positive sample.
 *
 * @param negative the texts that mean a negative one; empty: every other text
 */
public record LabelRule(String column, List<String> positive, List<String> negative) {

    public LabelRule {
        positive = List.copyOf(positive);
        negative = List.copyOf(negative);
    }
}
