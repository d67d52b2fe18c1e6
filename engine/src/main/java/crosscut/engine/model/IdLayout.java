package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.parallel.RankInput;
import crosscut.kernels.device.Tensor;
import java.util.stream.IntStream;

/**
 * Where the ids of each table lie among the decoded ones of a pass: table after table, each with those of the samples that this rank reads.
 *
 * @param input which samples' ids there are
 * @param share samples of this rank
 */
record IdLayout(ModelConfig model, RankInput input, int share) {

    /** Ids of all tables. */
    int count() {
        return offset(model.tables().size());
    }

    /** Ids of one table. */
    int count(int table) {
        return Math.multiplyExact(input.samples(table, share), model.tables().get(table).hotness());
    }

    /** Where the ids of one table start. */
    int offset(int table) {
        return Math.toIntExact(IntStream.range(0, table).mapToLong(this::count).sum());
    }

    /** The ids of one table among {@code ids}. */
    Tensor of(int table, Tensor ids) {
        return ids.columnRange(offset(table), count(table));
    }
}
