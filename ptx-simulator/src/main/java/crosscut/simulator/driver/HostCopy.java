package crosscut.simulator.driver;

import crosscut.simulator.memory.SimulatedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A copy between host and device. With pageable memory the driver has taken or brought the bytes when the call returns; with pinned memory it reads or writes
 * them any time before the host has waited for the copy.
 */
record HostCopy(HostCopy.Direction direction, MemorySegment host, long device, boolean isPinned) implements DeviceOperation {

    enum Direction { TO_DEVICE, TO_HOST }

    @Override
    public String description() {
        return "copy of " + host.byteSize() + " bytes to the " + (direction == Direction.TO_DEVICE ? "device" : "host");
    }

    @Override
    public void execute(OperationAccess access) {
        SimulatedMemory memory = access.memory();
        if (direction == Direction.TO_DEVICE) {
            access.deliver(host.address(), host.byteSize());
            access.writes(device, host.byteSize());
            memory.write(device, host);
            if (isPinned) {
                access.whenSeen(PendingTransfer.from(host, describe(access), access::reportMissingWait));
            }
            return;
        }
        access.reads(device, host.byteSize());
        if (!isPinned) {
            memory.read(device, host);
            return;
        }
        MemorySegment arriving = Arena.ofAuto().allocate(host.byteSize());
        memory.read(device, arriving);
        access.whenSeen(PendingTransfer.to(host, arriving, describe(access), access::reportMissingWait));
    }

    private String describe(OperationAccess access) {
        return "the " + description() + " in " + access.place();
    }
}
