package crosscut.simulator.execution;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** What blocks of a launch know of each other through atomic updates: whoever updates a word learns of those that updated it after a fence. */
final class BlockOrder {

    private final Map<Long, BitSet> released = new HashMap<>();

    /** A block that has fenced its writes updates a word. */
    void release(long address, int block, BitSet known) {
        BitSet blocks = released.computeIfAbsent(address, _ -> new BitSet());
        blocks.or(known);
        blocks.set(block);
    }

    /** A block updates a word and learns of all that released it. */
    void acquire(long address, BitSet known) {
        BitSet blocks = released.get(address);
        if (blocks != null) {
            known.or(blocks);
        }
    }
}
