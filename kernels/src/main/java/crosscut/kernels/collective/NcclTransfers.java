package crosscut.kernels.collective;

import crosscut.bindings.nccl.Nccl;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaStream;
import java.util.ArrayList;
import java.util.List;

/** Tensors that go to and come from other ranks, or this one, all at once: one group of ncclSend and ncclRecv, which the library makes one kernel. */
final class NcclTransfers {

    private final Nccl library;
    private final long communicator;
    private final List<Transfer> transfers = new ArrayList<>();
    private long sentBytes;

    NcclTransfers(Nccl library, long communicator) {
        this.library = library;
        this.communicator = communicator;
    }

    private record Transfer(boolean isSent, long address, long bytes, int peer) {
    }

    /** Adds tensors for {@code peer}, which receives as many of the same sizes in the same order. */
    void send(List<Tensor> tensors, int peer) {
        for (Tensor tensor : tensors) {
            add(true, tensor, peer);
            sentBytes += DenseTensors.bytes(tensor);
        }
    }

    /** Adds the places of what {@code peer} sends. */
    void receive(List<Tensor> tensors, int peer) {
        tensors.forEach(tensor -> add(false, tensor, peer));
    }

    /** The library moves nothing for no bytes, and both sides know that. */
    private void add(boolean isSent, Tensor tensor, int peer) {
        long bytes = DenseTensors.bytes(tensor);
        if (bytes > 0) {
            transfers.add(new Transfer(isSent, tensor.address(), bytes, peer));
        }
    }

    /** Bytes that this rank sends. */
    long sentBytes() {
        return sentBytes;
    }

    /** Does nothing when nothing was added. */
    Operation bind() {
        Transfer[] group = transfers.toArray(Transfer[]::new);
        return group.length == 0 ? _ -> { } : stream -> launch(group, stream);
    }

    private void launch(Transfer[] group, Stream stream) {
        long handle = CudaStream.handle(stream);
        library.groupStart();
        for (Transfer transfer : group) {
            if (transfer.isSent) {
                library.send(transfer.address, transfer.bytes, Nccl.UINT8, transfer.peer, communicator, handle);
            } else {
                library.receive(transfer.address, transfer.bytes, Nccl.UINT8, transfer.peer, communicator, handle);
            }
        }
        library.groupEnd();
    }
}
