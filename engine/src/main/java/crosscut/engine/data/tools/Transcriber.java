package crosscut.engine.data.tools;

import crosscut.engine.UserException;
import crosscut.engine.data.Dataset;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FeatureSpecReader;
import crosscut.engine.data.RawBinaryDataset;
import crosscut.engine.data.RawBinarySpecs;
import crosscut.engine.data.RawBinaryWriter;
import crosscut.engine.data.SyntheticDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Writes a tf_raw folder from synthetic samples, another tf_raw folder, CSV or Parquet. */
public final class Transcriber {

    private final TranscribeRequest request;
    private final Consumer<String> report;

    private Transcriber(TranscribeRequest request, Consumer<String> report) {
        this.request = request;
        this.report = report;
    }

    /**
     * Does it. The target appears under its name only when all of it is written.
     *
     * @param report takes lines for people
     * @return samples written per split
     * @throws UserException naming file, feature, sample and value when the source is wrong, or when the target cannot be written
     */
    public static Map<String, Long> run(TranscribeRequest request, Consumer<String> report) {
        Transcriber transcriber = new Transcriber(request, report);
        transcriber.requireDifferentFolders();
        Map<String, Long> rows = switch (request.source()) {
            case SYNTHETIC -> transcriber.fromSynthetic();
            case TF_RAW -> transcriber.fromRawBinary();
            case CSV, PARQUET -> TableTranscriber.run(request);
        };
        rows.forEach((split, count) -> report.accept(split + ": " + count + " samples written"));
        report.accept("done: " + request.targetFolder().resolve(request.targetSpec()));
        return rows;
    }

    private Map<String, Long> fromSynthetic() {
        FeatureSpec spec = FeatureSpecReader.read(request.sourceSpecFile());
        try (SyntheticDataset source = SyntheticDataset.create(request.sourceSpecFile(), spec, request.seed(), request.labels(),
                request.sampleLimit(FeatureSpec.TRAIN), request.sampleLimit(FeatureSpec.TEST))) {
            FeatureSpec target = RawBinarySpecs.createWithReferenceNames(spec.categorical(), spec.channels().numerical().size(),
                    List.of(FeatureSpec.TRAIN, FeatureSpec.TEST));
            Map<String, Long> rows = write(source, target);
            report.accept("labels: " + source.labelDescription());
            return rows;
        }
    }

    private Map<String, Long> fromRawBinary() {
        try (RawBinaryDataset source = RawBinaryDataset.open(request.sourceSpecFile())) {
            FeatureSpec spec = source.spec();
            return write(source, RawBinarySpecs.create(spec.categorical(), spec.channels().numerical(), spec.channels().label(), List.copyOf(source.splits()),
                    spec.metadata()));
        }
    }

    private Map<String, Long> write(Dataset source, FeatureSpec target) {
        try (RawBinaryWriter writer = RawBinaryWriter.open(request.targetFolder(), request.targetSpec(), target, request.overwrite())) {
            Map<String, Long> rows = new LinkedHashMap<>();
            for (String split : source.splits()) {
                try (SampleCopy copy = new SampleCopy(source.split(split), writer.split(split), request.batchSize())) {
                    rows.put(split, copy.run(request.sampleLimit(split)));
                }
            }
            writer.finish();
            return rows;
        }
    }

    private void requireDifferentFolders() {
        try {
            if (Files.exists(request.targetFolder()) && Files.exists(request.sourceFolder())
                    && request.source() != TranscribeRequest.Source.SYNTHETIC && Files.isSameFile(request.targetFolder(), request.sourceFolder())) {
                throw new UserException("source and target are both " + request.targetFolder() + ": write to another folder");
            }
        } catch (IOException failure) {
            throw new UserException("cannot compare " + request.sourceFolder() + " with " + request.targetFolder() + ": " + failure.getMessage(), failure);
        }
    }
}
