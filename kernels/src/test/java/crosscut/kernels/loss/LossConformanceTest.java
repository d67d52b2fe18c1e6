package crosscut.kernels.loss;

import crosscut.kernels.Tolerance;
import crosscut.kernels.device.CpuFixture;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.Conformance;
import crosscut.kernels.device.cuda.CudaFixture;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

import static org.assertj.core.api.Assertions.assertThat;

/** The last layer against its definition and against the CPU; exp and log1p of the two devices differ in the last place of a double. */
final class LossConformanceTest {

    private static CudaFixture fixture;

    @BeforeContainer
    static void open() {
        fixture = CudaFixture.open();
    }

    @AfterContainer
    static void close() {
        fixture.close();
    }

    @Property(tries = 40)
    void anyShape(
            @ForAll @IntRange(min = 0, max = 200) int rows, @ForAll @IntRange(min = 1, max = 70) int width, @ForAll boolean scaled,
            @ForAll boolean isReluOutput, @ForAll Random random) {
        for (DataType type : Conformance.TYPES) {
            assertAgrees(type, rows, width, isReluOutput, scaled, random.nextBoolean(), random);
        }
    }

    @Property(tries = 8)
    void wideLayers(@ForAll @IntRange(min = 1, max = 20) int rows, @ForAll @IntRange(min = 71, max = 1100) int width, @ForAll Random random) {
        for (DataType type : Conformance.TYPES) {
            assertAgrees(type, rows, width, true, false, random.nextBoolean(), random);
        }
    }

    /**
     * Where blocks of samples, strips of columns and their sums end. {@code MutationScoreTest} takes its score with these launches, which are the same every
     * time.
     */
    @Example
    @Tag("edges")
    void atTheEdgesOfBlocks() {
        Random random = new Random(1);
        for (DataType type : Conformance.TYPES) {
            for (boolean isAligned : new boolean[] {true, false}) {
                for (int[] shape : new int[][] {{1, 1}, {4, 32}, {65, 7}, {64, 9}, {36, 263}, {128, 256}}) {
                    assertAgrees(type, shape[0], shape[1], shape[1] > 7, shape[0] % 2 == 0, isAligned, random);
                }
                assertAgrees(type, 64, 9, false, false, isAligned, random);
            }
        }
        // More sums of blocks than the block that adds them has threads.
        assertAgrees(DataType.BFLOAT16, 256 * 64 + 1, 7, false, false, false, random);
    }

    private static void assertAgrees(DataType type, int rows, int width, boolean isReluOutput, boolean scaled, boolean isAligned, Random random) {
        LastLayerCase c = bind(type, rows, width, isReluOutput, scaled, isAligned, random);
        List<Tensor> written = List.of(c.layer().logits(), c.layer().logitGradient(), c.layer().inputGradient());
        List<byte[]> before = written.stream().map(fixture::bytes).toList();
        LastLayerCase onCpu = onCpu(c);
        fixture.run(fixture.device().loss().lastLayer(c.layer(), c.labels(), c.globalBatch(), c.lossScale(), c.loss()));
        c.assertHolds(fixture::values);
        fixture.cpu().device().loss().lastLayer(onCpu.layer(), onCpu.labels(), onCpu.globalBatch(), onCpu.lossScale(), onCpu.loss()).launch(null);
        assertAgree(type, rows, width, c, onCpu);
        for (int index = 0; index < written.size(); index++) {
            Conformance.assertSurroundingsUntouched(fixture, written.get(index), before.get(index));
        }
    }

    /** @param isAligned whether rows begin where accesses of 16 bytes are possible; else they begin anywhere */
    private static LastLayerCase bind(DataType type, int rows, int width, boolean isReluOutput, boolean scaled, boolean isAligned, Random random) {
        Tensor x = isAligned ? Conformance.alignedView(fixture, type, rows, width, random) : Conformance.unwrittenView(fixture, type, rows, width, random);
        Tensor dx = isAligned ? Conformance.alignedView(fixture, type, rows, width, random) : Conformance.unwrittenView(fixture, type, rows, width, random);
        Tensor labels = fixture.zeros(DataType.FLOAT32, 1, rows);
        if (rows > 0) {
            fixture.fill(x, (row, column) -> isReluOutput && random.nextBoolean() ? 0 : 2 * random.nextDouble() - 1);
            fixture.fill(labels, (row, column) -> random.nextInt(2));
        }
        LastLayer layer = new LastLayer(x, isReluOutput, fixture.random(type, width, 1, 0, 1, random), fixture.random(DataType.FLOAT32, 1, 1, 0, 9, random),
                Conformance.unwrittenView(fixture, type, rows, 1, random), Conformance.unwrittenView(fixture, type, rows, 1, random), dx,
                fixture.random(DataType.FLOAT32, width, 1, 0, 1, random), fixture.random(DataType.FLOAT32, 1, 1, 0, 1, random));
        return new LastLayerCase(layer, labels, 2L * rows + 1, scaled ? fixture.row(DataType.FLOAT32, 1024) : null, scaled ? 1024 : 1,
                fixture.zeros(DataType.FLOAT32, 1, 1));
    }

    private static LastLayerCase onCpu(LastLayerCase c) {
        List<Tensor> tensors = c.layer().tensors().stream().map(fixture::onCpu).toList();
        LastLayer layer = new LastLayer(tensors.get(0), c.layer().isReluOutput(), tensors.get(1), tensors.get(2), tensors.get(3), tensors.get(4),
                tensors.get(5), tensors.get(6), tensors.get(7));
        return new LastLayerCase(layer, fixture.onCpu(c.labels()), c.globalBatch(), c.lossScale() == null ? null : fixture.onCpu(c.lossScale()), c.scale(),
                fixture.onCpu(c.loss()));
    }

    /** A logit that is rounded the other way reaches all that follows, so the law takes the type and the lengths of all sums on the way. */
    private static void assertAgree(DataType type, int rows, int width, LastLayerCase c, LastLayerCase onCpu) {
        long terms = (long) Math.max(1, rows) * (width + 1);
        double gradient = c.scale() / c.globalBatch();
        double logit = 9;
        List<Tensor> expected = onCpu.layer().tensors();
        List<Tensor> actual = c.layer().tensors();
        double[] magnitudes = {0, 0, 0, logit, gradient * logit, gradient * logit, gradient * logit, gradient * logit};
        for (int index = 0; index < magnitudes.length; index++) {
            assertClose(new Tolerance(type, terms), actual.get(index), expected.get(index), magnitudes[index]);
        }
        assertClose(new Tolerance(type, width + 1), c.loss(), onCpu.loss(), logit);
    }

    private static void assertClose(Tolerance law, Tensor actual, Tensor expected, double magnitude) {
        double[][] values = fixture.values(actual);
        for (int row = 0; row < values.length; row++) {
            for (int column = 0; column < values[row].length; column++) {
                double wanted = CpuFixture.get(expected, row, column);
                assertThat(law.accepts(values[row][column], wanted, magnitude))
                        .as("row %d, column %d of %s: %s for %s", row, column, actual.shape(), values[row][column], wanted).isTrue();
            }
        }
    }

    private static byte[] results(CudaFixture device, LastLayerCase c) {
        ByteArrayOutputStream results = new ByteArrayOutputStream();
        results.writeBytes(device.bytes(c.loss()));
        c.layer().tensors().forEach(tensor -> results.writeBytes(device.bytes(tensor)));
        return results.toByteArray();
    }

    @Example
    void aLaunchLeavesNothingForTheNext() {
        LastLayerCase c = bind(DataType.BFLOAT16, 130, 40, true, true, true, new Random(2));
        Operation operation = fixture.device().loss().lastLayer(c.layer(), c.labels(), c.globalBatch(), c.lossScale(), c.loss());
        fixture.run(operation);
        byte[] first = results(fixture, c);
        fixture.run(operation);
        assertThat(results(fixture, c)).isEqualTo(first);
    }

    @Example
    void sameBitsInEveryOrderOfLanes() {
        for (DataType type : Conformance.TYPES) {
            CudaFixture.assertSameBits(other -> {
                Random random = new Random(3);
                LastLayer layer = new LastLayer(other.random(type, 150, 300, 0, 1, random), true, other.random(type, 300, 1, 0, 1, random),
                        other.zeros(DataType.FLOAT32, 1, 1), other.zeros(type, 150, 1), other.zeros(type, 150, 1), other.zeros(type, 150, 300),
                        other.zeros(DataType.FLOAT32, 300, 1), other.zeros(DataType.FLOAT32, 1, 1));
                LastLayerCase c = new LastLayerCase(layer, other.zeros(DataType.FLOAT32, 1, 150), 150, null, 1, other.zeros(DataType.FLOAT32, 1, 1));
                other.run(other.device().loss().lastLayer(layer, c.labels(), 150, null, c.loss()));
                return results(other, c);
            });
        }
    }

    @Example
    void aLogitThatIsNotANumberShowsInLossAndGradients() {
        Random random = new Random(4);
        LastLayerCase c = bind(DataType.FLOAT16, 3, 9, true, false, true, random);
        fixture.fill(c.layer().x(), (row, column) -> row == 1 && column == 8 ? Double.NaN : 0);
        fixture.fill(c.layer().bias(), (row, column) -> 0);
        fixture.fill(c.labels(), (row, column) -> column == 0 ? 0 : 1);
        fixture.run(fixture.device().loss().lastLayer(c.layer(), c.labels(), 1, null, c.loss()));
        assertThat(fixture.get(c.loss(), 0, 0)).isNaN();
        assertThat(fixture.get(c.layer().logitGradient(), 0, 0)).isEqualTo(0.5);
        assertThat(fixture.get(c.layer().logitGradient(), 1, 0)).isNaN();
        assertThat(fixture.get(c.layer().logitGradient(), 2, 0)).isEqualTo(-0.5);
        assertThat(fixture.get(c.layer().weightGradient(), 0, 0)).isNaN();
    }

    @Example
    void launchingAllocatesNothing() {
        try (CudaFixture silent = CudaFixture.silent()) {
            LastLayer layer = new LastLayer(silent.zeros(DataType.FLOAT32, 100, 16), true, silent.zeros(DataType.FLOAT32, 16, 1),
                    silent.zeros(DataType.FLOAT32, 1, 1), silent.zeros(DataType.FLOAT32, 100, 1), silent.zeros(DataType.FLOAT32, 100, 1),
                    silent.zeros(DataType.FLOAT32, 100, 16), silent.zeros(DataType.FLOAT32, 16, 1), silent.zeros(DataType.FLOAT32, 1, 1));
            silent.assertAllocatesNothing(silent.device().loss().lastLayer(layer, silent.zeros(DataType.FLOAT32, 1, 100), 100, null,
                    silent.zeros(DataType.FLOAT32, 1, 1)));
        }
    }
}
