package crosscut.kernels.metric;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Labels, scores and areas that libtorch, scikit-learn and Keras agree on. */
record AucGolden(JsonNode content) {

    /** Takes one sample. */
    interface Consumer {

        void accept(float score, boolean positive);
    }

    static AucGolden read(String name) {
        try (InputStream file = AucGolden.class.getResourceAsStream(name + ".json")) {
            return new AucGolden(JsonMapper.shared().readTree(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void forEach(Consumer consumer) {
        for (int i = 0; i < content.get("scores").size(); i++) {
            consumer.accept((float) content.get("scores").get(i).asDouble(), content.get("labels").get(i).asInt() == 1);
        }
    }

    long numerator() {
        return content.get("exact_numerator").asLong();
    }

    long denominator() {
        return content.get("exact_denominator").asLong();
    }

    double area() {
        return content.get("auc").asDouble();
    }

    double kerasArea() {
        return content.get("keras_auc_8000_thresholds_from_logits").asDouble();
    }
}
