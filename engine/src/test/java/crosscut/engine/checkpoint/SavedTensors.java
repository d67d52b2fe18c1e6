package crosscut.engine.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tensors of a checkpoint by name, column slices put together; reads the format by itself, without the code under test. */
public final class SavedTensors {

    private static final Pattern SLICE = Pattern.compile(".*\\.columns-(\\d+)-(\\d+)\\.safetensors");

    private SavedTensors() {}

    /** Every element of every tensor of the checkpoint in {@code folder}, row after row. */
    public static Map<String, float[]> of(Path folder) throws IOException {
        Map<String, Map<Integer, float[][]>> slices = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".safetensors")).toList()) {
                Matcher slice = SLICE.matcher(file.getFileName().toString());
                add(slices, slice.matches() ? Integer.parseInt(slice.group(1)) : 0, MemorySegment.ofArray(Files.readAllBytes(file)));
            }
        }
        Map<String, float[]> tensors = new TreeMap<>();
        slices.forEach((name, byColumn) -> tensors.put(name, join(new TreeMap<>(byColumn))));
        return tensors;
    }

    private static void add(Map<String, Map<Integer, float[][]>> slices, int firstColumn, MemorySegment file) {
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
            slices.computeIfAbsent(entry.getKey(), _ -> new TreeMap<>()).put(firstColumn, values);
        }
    }

    private static float[] join(TreeMap<Integer, float[][]> byColumn) {
        int rows = byColumn.firstEntry().getValue().length;
        int dimension = byColumn.values().stream().mapToInt(part -> part[0].length).sum();
        float[] joined = new float[rows * dimension];
        byColumn.forEach((first, part) -> {
            for (int row = 0; row < rows; row++) {
                System.arraycopy(part[row], 0, joined, row * dimension + first, part[row].length);
            }
        });
        return joined;
    }
}
