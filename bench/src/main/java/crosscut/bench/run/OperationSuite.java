package crosscut.bench.run;

import static crosscut.bench.run.TimeColumns.columns;

import crosscut.bench.ModelSize;
import crosscut.bench.StepShape;
import crosscut.bench.operation.ModelOperation;
import crosscut.bench.operation.ModelOperations;
import crosscut.bench.operation.OperationBenchmark;
import crosscut.engine.config.Precision;
import crosscut.engine.cost.OperationCost;
import crosscut.engine.profile.DeviceCeilings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Every op by itself, at batch {@value #BATCH}. */
final class OperationSuite implements Suite {

    private static final int BATCH = 2048;

    private final Map<Case, ModelOperation> operations = new LinkedHashMap<>();

    /** @param dearestOnly whether of each kind of op one is enough: that of a step which moves and computes most */
    OperationSuite(Selection selection, boolean dearestOnly) {
        for (ModelSize size : selection.sizes()) {
            for (Precision precision : selection.precisions()) {
                StepShape shape = StepShape.of(size, BATCH, precision);
                List<ModelOperation> all = ModelOperations.described(shape);
                for (ModelOperation operation : dearestOnly ? dearest(all) : all) {
                    operations.put(Case.onCpu(OperationBenchmark.class, "launch", size, BATCH, precision, selection, Map.of("operation", operation.name()),
                            shape.trainingBytes()), operation);
                }
            }
        }
    }

    private static List<ModelOperation> dearest(List<ModelOperation> all) {
        Comparator<ModelOperation> byCost = Comparator.<ModelOperation, Boolean>comparing(operation -> operation.launches() > 0)
                .thenComparing(operation -> operation.cost().operations() + operation.cost().bytes());
        return List.copyOf(all.stream().collect(Collectors.groupingBy(operation -> operation.call().qualifiedName(), LinkedHashMap::new,
                Collectors.collectingAndThen(Collectors.maxBy(byCost), Optional::orElseThrow))).values());
    }

    @Override
    public List<Case> cases() {
        return List.copyOf(operations.keySet());
    }

    @Override
    public Table table(Results results) {
        List<Map<String, Object>> rows = new ArrayList<>();
        operations.forEach((measured, operation) -> results.of(measured)
                .ifPresent(measurement -> rows.add(row(measured, operation, measurement, results.ceilingsOf(measured)))));
        return new Table("ops", "Ops", "Every op of a training step at batch " + BATCH + ", and those that other work needs. \"launches\" per step of the same "
                + "shapes, \"MB\" and \"GFLOP\" as counted (tensors touched once, distinct rows, 2 m n k), \"reached\" of the time at the ceiling that binds "
                + "the op: the copy or the square product of this run. What fits a cache can reach more than 100 % of the copy. \"heap B\" allocated per run: "
                + "above some hundred, the compiler has left vectors on the heap. " + TimeColumns.NOTE, rows);
    }

    private static Map<String, Object> row(Case measured, ModelOperation operation, Measurement measurement, DeviceCeilings ceilings) {
        OperationCost cost = operation.cost();
        Map<String, Object> row = TimeColumns.of(columns("size", measured.parameters().get("size"), "precision", measured.parameters().get("precision"),
                "layer", cost.layer(), "op", cost.name(), "launches", operation.launches()), measurement, "us", 1e6);
        row.put("heap B", Math.rint(measurement.heapBytes()));
        row.put("MB", cost.bytes() * 1e-6);
        row.put("GB/s", cost.bytes() / measurement.undisturbed() * 1e-9);
        row.put("GFLOP/s", cost.operations() / measurement.undisturbed() * 1e-9);
        row.put("bound by", ceilings.isBoundByArithmetic(cost) ? "product" : "copy");
        row.put("reached %", 100 * ceilings.floorSeconds(cost) / measurement.undisturbed());
        return row;
    }
}
