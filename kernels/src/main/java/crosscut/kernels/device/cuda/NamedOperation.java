package crosscut.kernels.device.cuda;

import crosscut.bindings.nvtx.Nvtx;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;

/** An operation that profilers show under a name while the host launches it. */
final class NamedOperation implements Operation {

    private final Nvtx nvtx;
    private final long name;
    private final Operation operation;

    NamedOperation(Nvtx nvtx, String name, Operation operation) {
        this.nvtx = nvtx;
        this.name = nvtx.name(name);
        this.operation = operation;
    }

    @Override
    public void launch(Stream stream) {
        nvtx.push(name);
        try {
            operation.launch(stream);
        } finally {
            nvtx.pop();
        }
    }
}
