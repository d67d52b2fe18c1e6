package crosscut.bench.operation;

import crosscut.engine.cost.OperationCall;
import crosscut.engine.cost.OperationCost;
import crosscut.kernels.device.Operation;

/**
 * An op of a model, bound.
 *
 * @param cost what it has to do, with the layer that launches it first
 * @param call how it was asked for
 * @param operation the op
 * @param launches how often a step launches it or one like it; 0 for what is no part of a step
 */
public record ModelOperation(OperationCost cost, OperationCall call, Operation operation, int launches) {

    /** What it is called by: op and shapes. */
    public String name() {
        return cost.name();
    }

    ModelOperation launchedAgain() {
        return new ModelOperation(cost, call, operation, launches + 1);
    }
}
