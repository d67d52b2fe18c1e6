package crosscut.engine.cost;

import crosscut.kernels.device.Operation;

/** Hears of every op that an observed device makes. */
@FunctionalInterface
public interface OperationObserver {

    /**
     * An op was bound.
     *
     * @return what whoever asked for the op gets: {@code operation}, or one around it
     */
    Operation bound(OperationCall call, Operation operation);
}
