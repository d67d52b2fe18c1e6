package crosscut.simulator.nccl;

import crosscut.simulator.driver.DeviceOperation;
import crosscut.simulator.driver.OperationAccess;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The transfers of one call or group as work of a stream: it ends when everything that this rank gets has come, as the library's kernel does. */
record Exchange(World.Membership member, List<Transfer> transfers) implements DeviceOperation {

    /**
     * One tensor.
     *
     * @param call the function that asked for it
     * @param peer where it goes or comes from
     */
    record Transfer(String call, boolean isSent, long address, long bytes, int peer) {
    }

    Exchange {
        transfers = List.copyOf(transfers);
    }

    @Override
    public String description() {
        return transfers.getFirst().call + (transfers.size() == 1 ? "" : " and " + (transfers.size() - 1) + " more transfers");
    }

    @Override
    public void execute(OperationAccess access) {
        for (Transfer transfer : transfers) {
            if (transfer.isSent) {
                send(transfer, access);
            }
        }
        for (Transfer transfer : transfers) {
            if (!transfer.isSent && !receive(transfer, access)) {
                return;
            }
        }
    }

    private void send(Transfer transfer, OperationAccess access) {
        access.memory().requireWritten(transfer.address, transfer.bytes);
        access.reads(transfer.address, transfer.bytes);
        MemorySegment copy = Arena.ofAuto().allocate(transfer.bytes).copyFrom(access.memory().view(transfer.address, transfer.bytes));
        member.world.send(member.rank, transfer.peer, new World.Message(transfer.call, copy));
    }

    /** False when the exchange cannot go on. */
    private boolean receive(Transfer transfer, OperationAccess access) {
        access.writes(transfer.address, transfer.bytes);
        World.Message message = member.world.receive(transfer.peer, member);
        if (message == null) {
            return false;
        }
        if (!message.call().equals(transfer.call) || message.bytes().byteSize() != transfer.bytes) {
            member.world.fail(member, NcclStatus.INVALID_USAGE);
            return false;
        }
        access.memory().view(transfer.address, transfer.bytes).copyFrom(message.bytes());
        access.memory().markWritten(transfer.address, transfer.bytes);
        return true;
    }
}
