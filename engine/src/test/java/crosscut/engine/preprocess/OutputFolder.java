package crosscut.engine.preprocess;

import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FeatureSpecReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads a finished data set back, file by file. */
record OutputFolder(Path folder, FeatureSpec spec) {

    static OutputFolder read(Path folder) {
        return new OutputFolder(folder, FeatureSpecReader.read(folder.resolve(FeatureSpec.DEFAULT_FILE_NAME)));
    }

    List<Integer> labels(String split) throws IOException {
        return integers(split, spec.channels().label());
    }

    List<Integer> integers(String split, String feature) throws IOException {
        ByteBuffer bytes = bytes(split, feature);
        List<Integer> values = new ArrayList<>();
        while (bytes.hasRemaining()) {
            values.add(switch (spec.feature(feature).type().byteSize()) {
                case 1 -> (int) bytes.get();
                case 2 -> (int) bytes.getShort();
                default -> bytes.getInt();
            });
        }
        return values;
    }

    /** The bits of one numerical feature. */
    List<Short> halves(String split, String feature) throws IOException {
        List<String> features = spec.channels().numerical();
        ByteBuffer bytes = bytes(split, feature);
        List<Short> values = new ArrayList<>();
        for (int index = features.indexOf(feature); index < bytes.limit() / 2; index += features.size()) {
            values.add(bytes.getShort(2 * index));
        }
        return values;
    }

    /** Every file of the data with its content, but not preprocessing.json, which names the inputs. */
    static Map<String, String> content(Path folder) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
                String name = folder.relativize(file).toString();
                if (!name.equals("preprocessing.json") && !name.startsWith("dictionaries")) {
                    content.put(name, HexFormat.of().formatHex(Files.readAllBytes(file)));
                }
            }
        }
        return content;
    }

    private ByteBuffer bytes(String split, String feature) throws IOException {
        Path file = folder.resolve(spec.chunkOf(split, feature).files().getFirst());
        return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    }
}
