package crosscut.simulator.driver;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** When each 2 bytes of an allocation were last accessed by one lane in one way. Pages that were accessed as a whole cost one number. */
final class TickMap {

    private static final int GRANULE_BYTES = 2;
    private static final int PAGE_GRANULES = 2048;
    private static final long PAGE_BYTES = (long) PAGE_GRANULES * GRANULE_BYTES;

    private final Map<Long, Page> pages = new HashMap<>();
    private int latest;

    /** Bytes {@code from} to {@code to} (exclusive) were accessed at {@code tick}, which is later than all before. */
    void set(long from, long to, int tick) {
        latest = tick;
        for (long page = from / PAGE_BYTES; page * PAGE_BYTES < to; page++) {
            pages.computeIfAbsent(page, missing -> new Page()).set(granule(from, page), end(to, page), tick);
        }
    }

    /** The tick of some access to the bytes that is later than {@code known}; 0 when there is none. */
    int laterThan(int known, long from, long to) {
        if (latest <= known) {
            return 0;
        }
        for (long page = from / PAGE_BYTES; page * PAGE_BYTES < to; page++) {
            Page held = pages.get(page);
            int later = held == null ? 0 : held.laterThan(known, granule(from, page), end(to, page));
            if (later > 0) {
                return later;
            }
        }
        return 0;
    }

    private static int granule(long from, long page) {
        return (int) (Math.max(0, from - page * PAGE_BYTES) / GRANULE_BYTES);
    }

    private static int end(long to, long page) {
        return (int) ((Math.min(PAGE_BYTES, to - page * PAGE_BYTES) + GRANULE_BYTES - 1) / GRANULE_BYTES);
    }

    /** The ticks of a page: one for all, until parts of it differ. */
    private static final class Page {

        private int common;
        private int[] ticks;

        void set(int from, int to, int tick) {
            if (from == 0 && to == PAGE_GRANULES) {
                common = tick;
                ticks = null;
                return;
            }
            if (ticks == null) {
                ticks = new int[PAGE_GRANULES];
                Arrays.fill(ticks, common);
            }
            Arrays.fill(ticks, from, to, tick);
        }

        int laterThan(int known, int from, int to) {
            if (ticks == null) {
                return common > known ? common : 0;
            }
            for (int granule = from; granule < to; granule++) {
                if (ticks[granule] > known) {
                    return ticks[granule];
                }
            }
            return 0;
        }
    }
}
