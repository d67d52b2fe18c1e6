package crosscut.bench;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.TableConfig;
import crosscut.kernels.embedding.Pooling;
import java.util.List;
import java.util.stream.IntStream;

/** The two model sizes of the races against PyTorch. */
public enum ModelSize {
    /** 26 tables of 10,000 x 16 and small MLPs. */
    SMALL(10_000, 16, List.of(64, 32, 16), 32, List.of(64, 32, 1)),
    /** The reference's dense model over 26 tables of 100,000 x 128. */
    FULL(100_000, 128, List.of(512, 256, 128), 512, List.of(1024, 1024, 512, 256, 1));

    /** Numerical values per sample. */
    public static final int NUMERICAL_FEATURES = 13;

    /** Categorical features, each with a table and one id per sample. */
    public static final int TABLES = 26;

    /** All contenders start from the weights that this seed gives. */
    public static final long SEED = 1;

    private final long rows;
    private final int dimension;
    private final List<Integer> bottom;
    private final int projection;
    private final List<Integer> top;

    ModelSize(long rows, int dimension, List<Integer> bottom, int projection, List<Integer> top) {
        this.rows = rows;
        this.dimension = dimension;
        this.bottom = bottom;
        this.projection = projection;
        this.top = top;
    }

    /** The model of that size. */
    public ModelConfig model() {
        return model(rows, 1);
    }

    /**
     * The model over tables of another size.
     *
     * @param tableRows rows of each table
     * @param hotness ids per sample and table
     */
    ModelConfig model(long tableRows, int hotness) {
        List<TableConfig> tables = IntStream.range(0, TABLES)
                .mapToObj(t -> new TableConfig("cat_" + t, tableRows, dimension, hotness, Pooling.SUM)).toList();
        return new ModelConfig(NUMERICAL_FEATURES, tables, bottom, 3, projection, top, true);
    }

    /** Rows of each table. */
    public long rows() {
        return rows;
    }

    /** Columns of every table. */
    public int dimension() {
        return dimension;
    }
}
