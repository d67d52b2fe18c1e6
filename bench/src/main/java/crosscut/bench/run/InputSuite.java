package crosscut.bench.run;

import static crosscut.bench.run.TimeColumns.columns;

import crosscut.bench.input.InputBenchmark;
import crosscut.bench.input.InputOrder;
import crosscut.engine.config.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reading of batches from the page cache by the one thread that does it. */
record InputSuite(Effort effort, List<Integer> batchSizes) implements Suite {

    private static final double GOAL_BYTES_PER_SECOND = 2e9;

    InputSuite {
        batchSizes = List.copyOf(batchSizes);
    }

    private Case of(int batchSize, InputOrder order) {
        return new Case(InputBenchmark.class, "epoch", Map.of("batchSize", String.valueOf(batchSize), "order", order.name()), effort,
                new CeilingsProfiler.Settings(1, Precision.FP32), InputBenchmark.epochBytes());
    }

    @Override
    public List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (InputOrder order : InputOrder.values()) {
            batchSizes.forEach(batch -> cases.add(of(batch, order)));
        }
        return cases;
    }

    @Override
    public Table table(Results results) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (InputOrder order : InputOrder.values()) {
            for (int batch : batchSizes) {
                Case measured = of(batch, order);
                results.of(measured).ifPresent(measurement -> {
                    double speed = InputBenchmark.epochBytes() / measurement.undisturbed();
                    Map<String, Object> row = TimeColumns.of(columns("order", order.name(), "batch", batch), measurement, "ms", 1e3);
                    row.put("samples/s", InputBenchmark.epochSamples() / measurement.undisturbed());
                    row.put("GB/s", speed * 1e-9);
                    row.put("of copy %", 100 * 2 * speed / results.ceilingsOf(measured).copyBytes());
                    row.put("at least 2 GB/s", speed >= GOAL_BYTES_PER_SECOND ? "yes" : "no");
                    rows.add(row);
                });
            }
        }
        return new Table("input", "Reading batches", "One epoch over tf_raw files in the page cache (13 fp16 features, 26 ids of 32 bits, a label), by one "
                + "thread, without decoding. \"GB/s\" of the files; \"of copy\": what is read and written, of a copy by one thread in this run. "
                + TimeColumns.NOTE, rows);
    }
}
