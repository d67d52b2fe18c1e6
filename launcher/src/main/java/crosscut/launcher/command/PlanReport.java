package crosscut.launcher.command;

import crosscut.engine.cost.OperationCost;
import crosscut.engine.cost.StepCosts;
import crosscut.engine.memory.FittingThreshold;
import crosscut.engine.memory.MemoryPlan;
import crosscut.engine.parallel.PlacementPlan;
import crosscut.kernels.device.ByteSize;
import crosscut.kernels.device.PlannedMemory;
import crosscut.launcher.options.DeviceOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A plan for people and for programs.
 *
 * @param device what it is for
 * @param gpuBytes memory of a rank's GPU, where known
 * @param plans one per rank
 * @param placement which rank keeps what
 * @param costs of a step, or null where nobody asked
 * @param offloading looks for a threshold with which it fits a GPU of so many bytes
 */
record PlanReport(
        DeviceOptions device, OptionalLong gpuBytes, List<MemoryPlan> plans, PlacementPlan placement, StepCosts costs,
        LongFunction<Optional<FittingThreshold>> offloading) {

    /** False when the GPUs are known and some rank needs more than one has. */
    boolean fits() {
        return gpuBytes.isEmpty() || largest().fits(gpuBytes.getAsLong());
    }

    private MemoryPlan largest() {
        return plans.stream().max(Comparator.comparingLong(MemoryPlan::deviceBytes)).orElseThrow();
    }

    /** A table of the rank that needs most, the sums of all, and the verdict. */
    List<String> lines() {
        MemoryPlan largest = largest();
        List<String> lines = new ArrayList<>();
        lines.add("--device " + device.kind() + ", precision " + device.precision().name().toLowerCase(Locale.ROOT)
                + (plans.size() == 1 ? "" : ", rank " + largest.rank() + " of " + plans.size() + ", which needs most") + ":");
        lines.addAll(largest.lines());
        if (plans.size() > 1) {
            lines.add("on the device by rank: " + plans.stream().map(plan -> ByteSize.text(plan.deviceBytes())).collect(Collectors.joining(", ")));
            placement.ranks().forEach(rank -> lines.add(line(rank)));
        }
        if (device.kind().isCuda()) {
            lines.add("besides: what the driver and cuBLASLt take for themselves, some hundred MiB, and tables of a few KiB");
        }
        gpuBytes.ifPresent(bytes -> lines.add(verdict(bytes - largest.deviceBytes(), bytes)));
        if (costs != null) {
            lines.add("");
            lines.addAll(costs.lines());
        }
        return lines;
    }

    private static String line(PlacementPlan.Rank rank) {
        String tables = rank.shards().stream().filter(shard -> !shard.part().replicated()).map(PlacementPlan.Shard::text).collect(Collectors.joining(" "));
        String replicated = rank.shards().stream().filter(shard -> shard.part().replicated()).map(PlacementPlan.Shard::text).collect(Collectors.joining(" "));
        return String.format(Locale.ROOT, "rank %d: %,d parameters, %,d lookups, %s read and %s sent per step; tables: %s%s", rank.rank(),
                rank.elements(), rank.lookups(), ByteSize.text(rank.readBytes()), ByteSize.text(rank.sentBytes()), tables.isEmpty() ? "none" : tables,
                replicated.isEmpty() ? "" : "; on every rank: " + replicated);
    }

    private String verdict(long left, long bytes) {
        if (left >= 0) {
            return "fits a GPU of " + ByteSize.text(bytes) + " and leaves " + ByteSize.text(left) + " for that";
        }
        return "does not fit a GPU of " + ByteSize.text(bytes) + ": " + ByteSize.text(-left) + " too many; plan with "
                + offloading.apply(bytes).map(fitting -> fitting.text() + ", ").orElse("")
                + "smaller tables (--embedding_dim), a smaller batch, --optimizer sgd or more ranks";
    }

    /** The same with all ranks and all allocations; sizes are in bytes. */
    String toJson() {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("device", device.kind().toString());
        root.put("precision", device.precision().name().toLowerCase(Locale.ROOT));
        gpuBytes.ifPresent(bytes -> {
            root.put("gpu_memory_bytes", bytes);
            root.put("fits", fits());
        });
        root.put("ranks", plans.stream().map(PlanReport::json).toList());
        root.put("placement", placement.ranks().stream().map(PlanReport::json).toList());
        if (costs != null) {
            root.put("step", costs.launches().stream().map(PlanReport::json).toList());
        }
        return JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build().writeValueAsString(root);
    }

    private static Map<String, Object> json(MemoryPlan plan) {
        Map<String, Object> rank = new LinkedHashMap<>();
        rank.put("rank", plan.rank());
        rank.put("device_bytes", plan.deviceBytes());
        rank.put("host_bytes", plan.hostBytes());
        if (!plan.process().isEmpty()) {
            rank.put("process_bytes", plan.processBytes());
            rank.put("total_bytes", plan.totalBytes());
            rank.put("process", plan.process().stream().map(part -> Map.of("owner", part.owner(), "bytes", part.byteSize())).toList());
        }
        rank.put("offloaded_tables", plan.offloaded());
        rank.put("allocations", plan.allocations().stream().map(PlanReport::json).toList());
        return rank;
    }

    private static Map<String, Object> json(PlacementPlan.Rank rank) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("rank", rank.rank());
        entry.put("parameters", rank.elements());
        entry.put("lookups_per_step", rank.lookups());
        entry.put("read_bytes_per_step", rank.readBytes());
        entry.put("sent_bytes_per_step", rank.sentBytes());
        entry.put("tables", rank.shards().stream().map(PlanReport::json).toList());
        return entry;
    }

    private static Map<String, Object> json(PlacementPlan.Shard shard) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("table", shard.table().name());
        entry.put("first_row", shard.part().firstRow());
        entry.put("rows", shard.part().rows());
        entry.put("first_column", shard.part().firstColumn());
        entry.put("columns", shard.part().columns());
        entry.put("replicated", shard.part().replicated());
        return entry;
    }

    private static Map<String, Object> json(PlannedMemory planned) {
        Map<String, Object> allocation = new LinkedHashMap<>();
        allocation.put("owner", planned.owner());
        allocation.put("bytes", planned.byteSize());
        allocation.put("on_host", planned.isOnHost());
        return allocation;
    }

    private static Map<String, Object> json(OperationCost launch) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("layer", launch.layer());
        entry.put("launch", launch.name());
        entry.put("flops", launch.operations());
        entry.put("bytes", launch.bytes());
        entry.put("host_bytes", launch.hostBytes());
        return entry;
    }
}
