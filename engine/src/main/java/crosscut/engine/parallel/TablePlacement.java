package crosscut.engine.parallel;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which rank owns which embedding table.
 *
 * @param tablesByRank for every rank the indices of its tables in the order in which it keeps them; perhaps none
 */
public record TablePlacement(List<List<Integer>> tablesByRank) {

    public TablePlacement {
        tablesByRank = tablesByRank.stream().map(List::copyOf).toList();
        List<Integer> placed = tablesByRank.stream().flatMap(List::stream).sorted().toList();
        if (!placed.equals(IntStream.range(0, placed.size()).boxed().toList())) {
            throw new IllegalArgumentException("every table belongs to exactly one rank: " + tablesByRank);
        }
    }

    /**
     * The default: all tables in feature order on a single rank, {@link #memoryBalanced} otherwise.
     *
     * @param elements size of every table, rows * dimension
     */
    public static TablePlacement of(List<Long> elements, int ranks) {
        return ranks == 1 ? new TablePlacement(List.of(IntStream.range(0, elements.size()).boxed().toList())) : memoryBalanced(elements, ranks);
    }

    /**
     * The reference's memory_balanced: tables in descending order of (size, index) are dealt out in a snake, so that rank r of W gets positions r, r + 2W,
     * r + 4W, ... and then 2W - 1 - r, 4W - 1 - r, .... Numbers of tables differ by one at most.
     *
     * @param elements size of every table, rows * dimension
     */
    public static TablePlacement memoryBalanced(List<Long> elements, int ranks) {
        Comparator<Integer> bySize = Comparator.comparingLong(elements::get);
        List<Integer> descending = IntStream.range(0, elements.size()).boxed().sorted(bySize.thenComparing(Comparator.naturalOrder()).reversed()).toList();
        List<List<Integer>> tablesByRank = new ArrayList<>();
        for (int rank = 0; rank < ranks; rank++) {
            List<Integer> tables = new ArrayList<>();
            addEvery(2 * ranks, rank, descending, tables);
            addEvery(2 * ranks, 2 * ranks - 1 - rank, descending, tables);
            tablesByRank.add(tables);
        }
        return new TablePlacement(tablesByRank);
    }

    private static void addEvery(int stride, int first, List<Integer> source, List<Integer> target) {
        for (int position = first; position < source.size(); position += stride) {
            target.add(source.get(position));
        }
    }

    /** Tables of one rank. */
    public List<Integer> tablesOf(int rank) {
        return tablesByRank.get(rank);
    }

    /** Number of ranks. */
    public int ranks() {
        return tablesByRank.size();
    }
}
