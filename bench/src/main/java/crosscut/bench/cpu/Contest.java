package crosscut.bench.cpu;

import crosscut.bench.EmbeddingWorkload;
import crosscut.bench.ModelSize;
import crosscut.engine.config.Precision;
import java.util.List;
import java.util.Locale;

/**
 * What is raced.
 *
 * @param mode the work
 * @param size the model; of {@link Mode#EMBEDDING} only its dimension counts
 * @param batch samples
 * @param precision FP32, or BF16: activations and operands of matrix products in bf16, master weights in fp32
 * @param threads that each side may use
 */
public record Contest(Mode mode, ModelSize size, int batch, Precision precision, int threads) {

    /** Kinds of work. */
    public enum Mode {
        /** A whole training step. */
        TRAINING,
        /** From a batch to its logits. */
        INFERENCE,
        /** The update of the tables alone, in fp32. */
        EMBEDDING
    }

    public Contest {
        if (precision != Precision.FP32 && precision != Precision.BF16 || mode == Mode.EMBEDDING && precision != Precision.FP32) {
            throw new IllegalArgumentException("precision " + precision + " cannot be raced in mode " + mode + ": fp32, or, except in mode embedding, bf16");
        }
        if (batch < 1 || threads < 1) {
            throw new IllegalArgumentException("batch " + batch + " and threads " + threads + " must be 1 or more");
        }
    }

    /** Reads what {@link #arguments} gives. */
    public static Contest parse(List<String> arguments) {
        return new Contest(Mode.valueOf(arguments.get(0)), ModelSize.valueOf(arguments.get(1)), Integer.parseInt(arguments.get(2)),
                Precision.valueOf(arguments.get(3)), Integer.parseInt(arguments.get(4)));
    }

    /** As words of a command line. */
    public List<String> arguments() {
        return List.of(mode.name(), size.name(), String.valueOf(batch), precision.name(), String.valueOf(threads));
    }

    /** The work of {@link Mode#EMBEDDING}. */
    public EmbeddingWorkload embeddingWorkload() {
        return EmbeddingWorkload.criteo(size.dimension(), batch);
    }

    /** For people: {@code training full 2,048 fp32}. */
    String title() {
        return String.format(Locale.ROOT, "%s %s %,d %s", mode, size, batch, precision).toLowerCase(Locale.ROOT);
    }
}
