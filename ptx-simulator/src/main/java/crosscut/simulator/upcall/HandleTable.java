package crosscut.simulator.upcall;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Objects of one kind that callers hold as opaque pointers. No value is given twice, so that a handle of something destroyed is always noticed.
 *
 * @param <T> the kind
 */
public final class HandleTable<T> {

    /** Far from anything that a process has mapped: a caller that follows a handle faults at once. */
    private static final long BASE = 0x5EED_0000_0000_0000L;
    private static final int TABLE_SHIFT = 32;
    private static final int STEP = 16;

    private final String kind;
    private final Map<Long, T> live = new LinkedHashMap<>();
    private final long first;
    private long next;

    /**
     * An empty table.
     *
     * @param kind what the objects are called in messages
     * @param number of the table; handles of tables with different numbers differ
     */
    public HandleTable(String kind, int number) {
        this.kind = kind;
        first = BASE + ((long) number << TABLE_SHIFT) + STEP;
        next = first;
    }

    /** Takes an object and gives its handle. */
    public long add(T value) {
        long handle = next;
        next += STEP;
        live.put(handle, value);
        return handle;
    }

    /**
     * The object of a handle.
     *
     * @throws UnknownHandleException when there is none
     */
    public T get(long handle) {
        T value = live.get(handle);
        if (value == null) {
            throw unknown(handle);
        }
        return value;
    }

    /**
     * Forgets and gives the object of a handle.
     *
     * @throws UnknownHandleException when there is none
     */
    public T remove(long handle) {
        T value = live.remove(handle);
        if (value == null) {
            throw unknown(handle);
        }
        return value;
    }

    /** The objects that were not removed, the oldest first. */
    public Collection<T> all() {
        return Collections.unmodifiableCollection(live.values());
    }

    private UnknownHandleException unknown(long handle) {
        boolean once = handle >= first && handle < next && (handle - first) % STEP == 0;
        return new UnknownHandleException("0x" + Long.toHexString(handle) + (once ? " is a " + kind + " that was destroyed" : " is no " + kind));
    }
}
