package crosscut.kernels.device;

import java.util.List;

/** Operations that are always launched one after the other. */
public final class OperationSequence implements Operation {

    private final Operation[] operations;

    public OperationSequence(List<? extends Operation> operations) {
        this.operations = operations.toArray(Operation[]::new);
    }

    @Override
    public void launch(Stream stream) {
        for (Operation operation : operations) {
            operation.launch(stream);
        }
    }
}
