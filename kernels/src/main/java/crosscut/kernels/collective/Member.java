package crosscut.kernels.collective;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A rank as it presents itself.
 *
 * @param rank in [0, worldSize)
 * @param worldSize how many ranks it expects
 * @param version of its program
 * @param settings everything that must be the same on all ranks, by name
 */
public record Member(int rank, int worldSize, String version, Map<String, String> settings) {

    public Member {
        if (rank < 0 || rank >= worldSize) {
            throw new IllegalArgumentException("rank " + rank + " of " + worldSize);
        }
        settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    }

    /** How it differs from rank 0, one item each; empty when they fit together. */
    List<String> differencesFrom(Member first) {
        List<String> differences = new ArrayList<>();
        compare(differences, "number of ranks", worldSize, first.worldSize);
        compare(differences, "version", version, first.version);
        TreeSet<String> names = new TreeSet<>(settings.keySet());
        names.addAll(first.settings.keySet());
        for (String name : names) {
            compare(differences, name, settings.get(name), first.settings.get(name));
        }
        return differences;
    }

    private static void compare(List<String> differences, String what, Object here, Object atFirst) {
        if (!Objects.equals(here, atFirst)) {
            differences.add(what + " is " + (here == null ? "missing" : here) + " there and " + (atFirst == null ? "missing" : atFirst) + " on rank 0");
        }
    }

    byte[] toBytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(rank);
        out.writeInt(worldSize);
        out.writeUTF(version);
        out.writeInt(settings.size());
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            out.writeUTF(setting.getKey());
            out.writeUTF(setting.getValue());
        }
        return bytes.toByteArray();
    }

    static Member fromBytes(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int rank = in.readInt();
        int worldSize = in.readInt();
        String version = in.readUTF();
        Map<String, String> settings = new TreeMap<>();
        for (int count = in.readInt(); count > 0; count--) {
            settings.put(in.readUTF(), in.readUTF());
        }
        return new Member(rank, worldSize, version, settings);
    }
}
