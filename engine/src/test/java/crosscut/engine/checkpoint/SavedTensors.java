package crosscut.engine.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tensors of a checkpoint by name, slices put together; reads the format by itself, without the code under test. */
public final class SavedTensors {

    private static final Pattern SLICE = Pattern.compile(".*\\.(rows|columns)-(\\d+)-(\\d+)\\.safetensors");

    private record Part(int firstRow, int firstColumn, float[][] values) {

        int endRow() {
            return firstRow + values.length;
        }

        int endColumn() {
            return firstColumn + values[0].length;
        }
    }

    private SavedTensors() {}

    /** Every element of every tensor of the checkpoint in {@code folder}, row after row. */
    public static Map<String, float[]> of(Path folder) throws IOException {
        Map<String, List<Part>> parts = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".safetensors")).toList()) {
                Matcher slice = SLICE.matcher(file.getFileName().toString());
                boolean isSlice = slice.matches();
                int first = isSlice ? Integer.parseInt(slice.group(2)) : 0;
                boolean isOfRows = isSlice && slice.group(1).equals("rows");
                add(parts, isOfRows ? first : 0, isOfRows ? 0 : first, MemorySegment.ofArray(Files.readAllBytes(file)));
            }
        }
        Map<String, float[]> tensors = new TreeMap<>();
        parts.forEach((name, ofTensor) -> tensors.put(name, join(ofTensor)));
        return tensors;
    }

    private static void add(Map<String, List<Part>> parts, int firstRow, int firstColumn, MemorySegment file) {
        long header = file.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        JsonNode entries = JsonMapper.shared().readTree(
                new String(file.asSlice(Long.BYTES, header).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8));
        for (Map.Entry<String, JsonNode> entry : entries.properties()) {
            int rows = entry.getValue().get("shape").get(0).asInt();
            int columns = entry.getValue().get("shape").get(1).asInt();
            long start = Long.BYTES + header + entry.getValue().get("data_offsets").get(0).asLong();
            float[][] values = new float[rows][];
            for (int row = 0; row < rows; row++) {
                values[row] = file.asSlice(start + (long) row * columns * Float.BYTES, (long) columns * Float.BYTES)
                        .toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
            }
            parts.computeIfAbsent(entry.getKey(), _ -> new ArrayList<>()).add(new Part(firstRow, firstColumn, values));
        }
    }

    private static float[] join(List<Part> parts) {
        int rows = parts.stream().mapToInt(Part::endRow).max().orElseThrow();
        int dimension = parts.stream().mapToInt(Part::endColumn).max().orElseThrow();
        float[] joined = new float[rows * dimension];
        for (Part part : parts) {
            for (int row = 0; row < part.values().length; row++) {
                System.arraycopy(part.values()[row], 0, joined, (part.firstRow() + row) * dimension + part.firstColumn(), part.values()[row].length);
            }
        }
        return joined;
    }
}
