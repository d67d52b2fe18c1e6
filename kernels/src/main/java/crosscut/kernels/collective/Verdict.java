package crosscut.kernels.collective;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * What rank 0 answers to all: where every rank listens, or why the world does not come about.
 *
 * @param refusal empty when it does
 * @param addresses one per rank from rank 1 on; empty after a refusal
 */
record Verdict(String refusal, List<InetSocketAddress> addresses) {

    Verdict {
        addresses = List.copyOf(addresses);
    }

    byte[] toBytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeUTF(refusal);
        out.writeInt(addresses.size());
        for (InetSocketAddress address : addresses) {
            writeAddress(out, address);
        }
        return bytes.toByteArray();
    }

    static Verdict fromBytes(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        String refusal = in.readUTF();
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            addresses.add(readAddress(in));
        }
        return new Verdict(refusal, addresses);
    }

    static void writeAddress(DataOutputStream out, InetSocketAddress address) throws IOException {
        out.writeUTF(address.getAddress().getHostAddress());
        out.writeInt(address.getPort());
    }

    static InetSocketAddress readAddress(DataInputStream in) throws IOException {
        return new InetSocketAddress(in.readUTF(), in.readInt());
    }
}
