package crosscut.engine.parallel;

import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.TableConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which rank keeps which part of which embedding table. Small tables may be on all ranks, of large ones each rank may have some rows; of the others each column
 * is on exactly one.
 *
 * @param shardsByRank for every rank its shards in the order in which it keeps them, perhaps none; slices of rows come after what was dealt out, replicated
 *     tables last
 */
public record TablePlacement(List<List<TableShard>> shardsByRank) {

    public TablePlacement {
        shardsByRank = shardsByRank.stream().map(List::copyOf).toList();
    }

    /**
     * Places tables. Of a sliced table lower ranks get lower columns, as in the reference, so that slices on one rank are neighbours and become one.
     *
     * @param ranks on a single one all tables are whole and in feature order
     */
    public static TablePlacement of(List<TableConfig> tables, int ranks, PlacementConfig config) {
        if (ranks == 1) {
            return new TablePlacement(List.of(IntStream.range(0, tables.size()).mapToObj(table -> whole(tables, table, false)).toList()));
        }
        List<TableShard> items = new ArrayList<>();
        List<Integer> cutByRows = new ArrayList<>();
        List<TableShard> replicated = new ArrayList<>();
        for (int table = 0; table < tables.size(); table++) {
            long elements = whole(tables, table, false).elements();
            if (elements <= config.dataParallelThreshold()) {
                replicated.add(whole(tables, table, true));
            } else if (config.cutsRows(elements)) {
                cutByRows.add(table);
            } else {
                items.addAll(slices(tables, table, ranks, config.columnSliceThreshold()));
            }
        }
        List<List<TableShard>> shardsByRank = new ArrayList<>();
        Map<Integer, Iterator<TableShard>> slicesByTable = new HashMap<>();
        items.stream().collect(Collectors.groupingBy(TableShard::table)).forEach((table, slices) -> slicesByTable.put(table, slices.iterator()));
        for (List<TableShard> dealt : deal(tables, items, ranks, config.strategy())) {
            List<TableShard> shards = joinNeighbours(dealt.stream().map(item -> slicesByTable.get(item.table()).next()).toList());
            int rank = shardsByRank.size();
            cutByRows.stream().map(table -> rowsOf(tables, table, rank, ranks)).filter(slice -> slice.rows() > 0).forEach(shards::add);
            shards.addAll(replicated);
            shardsByRank.add(shards);
        }
        return new TablePlacement(shardsByRank);
    }

    private static TableShard whole(List<TableConfig> tables, int table, boolean replicated) {
        return new TableShard(table, 0, tables.get(table).cardinality(), 0, tables.get(table).dimension(), replicated);
    }

    /** As many rows on every rank, or one more on the lowest ones. */
    private static TableShard rowsOf(List<TableConfig> tables, int table, int rank, int ranks) {
        long each = tables.get(table).cardinality() / ranks;
        long rest = tables.get(table).cardinality() % ranks;
        return new TableShard(table, rank * each + Math.min(rank, rest), each + (rank < rest ? 1 : 0), 0, tables.get(table).dimension(), false);
    }

    /** The reference's number of slices is the smallest power of two that brings them to the threshold, though at most one per rank and per column. */
    private static List<TableShard> slices(List<TableConfig> tables, int table, int ranks, long threshold) {
        int dimension = tables.get(table).dimension();
        long elements = tables.get(table).cardinality() * dimension;
        int slices = 1;
        while ((double) elements / slices > threshold && slices < Math.min(ranks, dimension)) {
            slices *= 2;
        }
        slices = Math.min(slices, Math.min(ranks, dimension));
        List<TableShard> parts = new ArrayList<>();
        int first = 0;
        for (int slice = 0; slice < slices; slice++) {
            int columns = dimension / slices + (slice < dimension % slices ? 1 : 0);
            parts.add(new TableShard(table, 0, tables.get(table).cardinality(), first, columns, false));
            first += columns;
        }
        return parts;
    }

    private static List<List<TableShard>> deal(List<TableConfig> tables, List<TableShard> items, int ranks, PlacementConfig.Strategy strategy) {
        return switch (strategy) {
            case BASIC -> IntStream.range(0, ranks).mapToObj(rank -> every(ranks, rank, items)).toList();
            case MEMORY_BALANCED -> snake(largestFirst(items, TableShard::elements), ranks);
            case MEMORY_OPTIMIZED -> leastFirst(largestFirst(items, TableShard::elements), TableShard::elements, ranks);
            case COST_BALANCED -> {
                double allElements = items.stream().mapToDouble(TableShard::elements).sum();
                double allLookups = items.stream().mapToDouble(shard -> lookups(tables, shard)).sum();
                ToDoubleFunction<TableShard> cost = shard -> shard.elements() / allElements + lookups(tables, shard) / allLookups;
                yield leastFirst(largestFirst(items, cost), cost, ranks);
            }
        };
    }

    /** Values that one sample looks up. */
    private static double lookups(List<TableConfig> tables, TableShard shard) {
        return (double) tables.get(shard.table()).hotness() * shard.columns();
    }

    /** Later tables first among equals, as the reference has it; slices of one table keep their order. */
    private static List<TableShard> largestFirst(List<TableShard> items, ToDoubleFunction<TableShard> size) {
        return items.stream().sorted(Comparator.comparingDouble(size).thenComparing(TableShard::table).reversed()).collect(Collectors.toList());
    }

    /** Rank r of W gets positions r, r + 2W, r + 4W, ... and then 2W - 1 - r, 4W - 1 - r, .... Numbers of items differ by one at most. */
    private static List<List<TableShard>> snake(List<TableShard> descending, int ranks) {
        List<List<TableShard>> dealt = new ArrayList<>();
        for (int rank = 0; rank < ranks; rank++) {
            List<TableShard> items = new ArrayList<>(every(2 * ranks, rank, descending));
            items.addAll(every(2 * ranks, 2 * ranks - 1 - rank, descending));
            dealt.add(items);
        }
        return dealt;
    }

    private static List<TableShard> every(int stride, int first, List<TableShard> items) {
        return IntStream.iterate(first, position -> position < items.size(), position -> position + stride).mapToObj(items::get).toList();
    }

    /** What a rank has been given so far. */
    private record Hand(double size, List<TableShard> items) {

        Hand plus(TableShard item, double itemSize) {
            List<TableShard> more = new ArrayList<>(items);
            more.add(item);
            return new Hand(size + itemSize, more);
        }
    }

    /** Each item goes to the rank with least; ranks are numbered by what they have in the end, the least first, as the reference does. */
    private static List<List<TableShard>> leastFirst(List<TableShard> descending, ToDoubleFunction<TableShard> size, int ranks) {
        List<Hand> hands = new ArrayList<>();
        for (int rank = 0; rank < ranks; rank++) {
            hands.add(new Hand(0, List.of()));
        }
        for (TableShard item : descending) {
            hands.set(0, hands.getFirst().plus(item, size.applyAsDouble(item)));
            hands.sort(Comparator.comparingDouble(Hand::size).thenComparing(Hand::items, TablePlacement::compareTables));
        }
        return hands.stream().map(Hand::items).toList();
    }

    private static int compareTables(List<TableShard> left, List<TableShard> right) {
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            int order = Integer.compare(left.get(i).table(), right.get(i).table());
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    /** One lookup instead of two. */
    private static List<TableShard> joinNeighbours(List<TableShard> items) {
        Map<Integer, TableShard> joined = new LinkedHashMap<>();
        for (TableShard item : items) {
            joined.merge(item.table(), item, (before, after) -> new TableShard(
                    before.table(), 0, before.rows(), before.firstColumn(), before.columns() + after.columns(), false));
        }
        return new ArrayList<>(joined.values());
    }

    /** Shards of one rank. */
    public List<TableShard> shardsOf(int rank) {
        return shardsByRank.get(rank);
    }

    /** Shards that are on that rank only, so that vectors and gradients travel. */
    public List<TableShard> exchangedOf(int rank) {
        return shardsOf(rank).stream().filter(shard -> !shard.replicated()).toList();
    }

    /** Tables that are on every rank. */
    public List<TableShard> replicated() {
        return shardsOf(0).stream().filter(TableShard::replicated).toList();
    }

    /** Number of ranks. */
    public int ranks() {
        return shardsByRank.size();
    }
}
