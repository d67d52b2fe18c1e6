package crosscut.simulator.nccl;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** What connects the simulated GPUs of one process; each has a {@link SimulatedNccl} on it. */
public final class SimulatedNetwork {

    private final Map<Long, World> worlds = new HashMap<>();
    private long ids;

    /** The content of a new ncclUniqueId. */
    synchronized byte[] newId(int bytes) {
        return ByteBuffer.allocate(bytes).putLong(++ids).array();
    }

    /** The ranks that share an id; the first to come says how many they are. */
    synchronized World world(byte[] id, int ranks) {
        long number = ByteBuffer.wrap(id).getLong();
        NcclException.require(number >= 1 && number <= ids, "this id was not made by ncclGetUniqueId");
        World world = worlds.computeIfAbsent(number, _ -> new World(ranks));
        NcclException.require(world.size() == ranks, "this rank counts " + ranks + " ranks, and another one " + world.size());
        return world;
    }
}
