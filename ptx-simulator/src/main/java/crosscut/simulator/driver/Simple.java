package crosscut.simulator.driver;

import java.util.function.Consumer;

/** An operation that is one function. */
record Simple(String description, Consumer<OperationAccess> work) implements DeviceOperation {

    @Override
    public void execute(OperationAccess access) {
        work.accept(access);
    }
}
