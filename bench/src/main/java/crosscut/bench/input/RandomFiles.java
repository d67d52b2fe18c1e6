package crosscut.bench.input;

import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FeatureSpec.Feature;
import crosscut.engine.data.RawBinarySpecs;
import crosscut.engine.data.RawBinaryWriter;
import crosscut.kernels.batch.RawBatch;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** A tf_raw folder of random samples in the shape of Criteo's: 13 fp16 numerical features, 26 columns of 32-bit ids, a label. */
final class RandomFiles {

    /** Of every table: too many for narrower ids. */
    static final int CARDINALITY = 1_000_000;

    private static final int TABLES = 26;
    private static final int NUMERICAL_FEATURES = 13;
    private static final int CHUNK = 1 << 14;

    static final long SAMPLE_BYTES = Byte.BYTES + NUMERICAL_FEATURES * Short.BYTES + TABLES * Integer.BYTES;

    private RandomFiles() {
    }

    /** Writes {@code samples} of them, the same each time, and a test split of one chunk or fewer. */
    static void write(Path folder, long samples) {
        List<Feature> tables = IntStream.range(0, TABLES).mapToObj(table -> Feature.categorical("cat_" + table, CARDINALITY, 1)).toList();
        FeatureSpec spec = RawBinarySpecs.createWithReferenceNames(tables, NUMERICAL_FEATURES, List.of(FeatureSpec.TRAIN, FeatureSpec.TEST));
        try (RawBinaryWriter writer = RawBinaryWriter.open(folder, spec, false)) {
            write(writer.split(FeatureSpec.TRAIN), spec, samples);
            write(writer.split(FeatureSpec.TEST), spec, Math.min(samples, CHUNK));
            writer.finish();
        }
    }

    private static void write(RawBinaryWriter.Split split, FeatureSpec spec, long samples) {
        SplittableRandom random = new SplittableRandom(1);
        for (long done = 0; done < samples; done += CHUNK) {
            try (RawBatch batch = RawBatch.withoutDevice(spec.layout((int) Math.min(CHUNK, samples - done)))) {
                fill(batch, random);
                split.appendLabels(batch.labels());
                split.appendNumerical(batch.numerical());
                for (int table = 0; table < TABLES; table++) {
                    split.appendIds(table, batch.categorical(table));
                }
            }
        }
    }

    private static void fill(RawBatch batch, SplittableRandom random) {
        int samples = batch.layout().batchSize();
        for (int sample = 0; sample < samples; sample++) {
            batch.labels().set(ValueLayout.JAVA_BYTE, sample, (byte) random.nextInt(2));
            for (int column = 0; column < NUMERICAL_FEATURES; column++) {
                batch.numerical().setAtIndex(ValueLayout.JAVA_SHORT, (long) sample * NUMERICAL_FEATURES + column,
                        Float.floatToFloat16(random.nextInt(1 << 10) / 1024f));
            }
            for (int table = 0; table < TABLES; table++) {
                batch.categorical(table).setAtIndex(ValueLayout.JAVA_INT, sample, random.nextInt(CARDINALITY));
            }
        }
    }
}
