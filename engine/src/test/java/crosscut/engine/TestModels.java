package crosscut.engine;

import crosscut.engine.config.LossScaling;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.TableConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.kernels.device.CpuDevice;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.SampleSlices;
import crosscut.kernels.embedding.Pooling;
import crosscut.kernels.gemm.CpuMatrixProducts;
import crosscut.kernels.gemm.MatrixLibrary;
import crosscut.kernels.optimizer.UpdateRule;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.IntFunction;

/** Small models and devices that several tests share. */
public final class TestModels {

    /** Adam with a constant rate of 0.01. */
    public static final OptimizerConfig ADAM = new OptimizerConfig(UpdateRule.Kind.ADAM, 0.01, 0.9, 0.999, OptimizerConfig.DEFAULT_EPSILON, 0, 1_000_000, 1);

    private TestModels() {}

    /** A CPU device. */
    public static Device device(int threads) {
        return CpuDevice.open(threads, pool -> CpuMatrixProducts.open(pool, MatrixLibrary.AUTO));
    }

    /** {@code device} with another answer to {@link Device#trainingSlices}. */
    public static Device cutting(Device device, IntFunction<SampleSlices> slicesOfBatch) {
        return watching(device, (method, arguments) -> method.equals("trainingSlices") ? slicesOfBatch.apply((int) arguments[0]) : null);
    }

    /**
     * {@code device} that asks before every call.
     *
     * @param answer from the name of the method and its arguments; null to ask the device itself
     */
    public static Device watching(Device device, BiFunction<String, Object[], Object> answer) {
        return (Device) Proxy.newProxyInstance(Device.class.getClassLoader(), new Class<?>[] {Device.class}, (_, method, arguments) -> {
            Object answered = answer.apply(method.getName(), arguments);
            try {
                return answered != null ? answered : method.invoke(device, arguments);
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
            }
        });
    }

    /** Two numerical features, three tables of unequal widths, two low-rank cross layers. */
    public static ModelConfig small() {
        List<TableConfig> tables = List.of(new TableConfig("a", 7, 3, 1, Pooling.SUM), new TableConfig("b", 50, 8, 1, Pooling.SUM),
                new TableConfig("c", 11, 5, 1, Pooling.SUM));
        return new ModelConfig(2, tables, List.of(8, 4), 2, 3, List.of(8, 1), true);
    }

    /** Writes {@code feature_spec.yaml}: two numerical features, three tables of unequal size and hotness. */
    public static void writeFeatureSpec(Path folder) throws IOException {
        Files.writeString(folder.resolve("feature_spec.yaml"), """
                channel_spec:
                  categorical: [color, size, shop]
                  label: [clicked]
                  numerical: [price, age]
                feature_spec:
                  clicked: {dtype: int8}
                  price: {dtype: float16}
                  age: {dtype: float16}
                  color: {alpha: 1.45, cardinality: 9, dtype: int32, hotness: 1}
                  size: {alpha: 1.45, cardinality: 300, dtype: int32, hotness: 1}
                  shop: {alpha: 1.2, cardinality: 4000, dtype: int32, hotness: 3}
                source_spec: null
                """);
    }

    /** Training in fp32 for one epoch. */
    public static TrainingConfig training(int batchSize, long maxSteps) {
        return new TrainingConfig(ADAM, Precision.FP32, batchSize, batchSize, 1, maxSteps, 1, 10, 1, false, 8000, false, LossScaling.NONE, PlacementConfig.DEFAULT);
    }
}
