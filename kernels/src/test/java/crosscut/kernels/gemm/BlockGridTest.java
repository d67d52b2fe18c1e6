package crosscut.kernels.gemm;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BlockGridTest {

    @Property(tries = 300)
    void blocksCoverTheResultOnce(@ForAll @IntRange(min = 1, max = 3000) int rows, @ForAll @IntRange(min = 1, max = 3000) int columns,
            @ForAll @IntRange(min = 1, max = 3000) int depth) {
        BlockGrid grid = BlockGrid.of(rows, depth, columns);
        long covered = 0;
        for (int index = 0; index < grid.count(); index++) {
            int rowCount = grid.rowCount(grid.row(index));
            int columnCount = grid.columnCount(grid.column(index));
            assertThat(rowCount).isBetween(1, BlockGrid.MAX_ROW_BLOCK);
            assertThat(columnCount).isBetween(1, BlockGrid.MAX_COLUMN_BLOCK);
            covered += (long) rowCount * columnCount;
        }
        assertThat(covered).isEqualTo((long) rows * columns);
        assertThat(grid.row(grid.count() - 1) + grid.rowCount(grid.row(grid.count() - 1))).isEqualTo(rows);
        assertThat(grid.column(grid.count() - 1) + grid.columnCount(grid.column(grid.count() - 1))).isEqualTo(columns);
    }

    @Example
    void fewRowsAreSharedByColumnsWhereThatIsWorthIt() {
        assertThat(BlockGrid.of(1, 3456, 512).count()).isEqualTo(4);
        assertThat(BlockGrid.of(256, 3456, 512).columnCount(0)).isEqualTo(256);
        assertThat(BlockGrid.of(1, 32, 432).count()).isEqualTo(1);
        assertThat(BlockGrid.of(1024, 3456, 512).columnCount(0)).isEqualTo(512);
    }

    @Property(tries = 50)
    void noRowsMeanNoBlocks(@ForAll @IntRange(min = 1, max = 3000) int columns) {
        assertThat(BlockGrid.of(0, 100, columns).count()).isZero();
    }
}
