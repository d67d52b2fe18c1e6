package crosscut.kernels.gemm;

import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which tensors are outputs of a ReLU, and the masks of those whose way back asked for one. */
final class ReluOutputs implements AutoCloseable {

    private final CublasLtBinder binder;
    private final Map<Place, Output> outputs = new HashMap<>();

    ReluOutputs(CublasLtBinder binder) {
        this.binder = binder;
    }

    /** A tensor by where it lies: another view of the same elements is the same output. */
    private record Place(long address, long rows, int columns, long rowStride) {

        static Place of(Tensor tensor) {
            return new Place(tensor.address(), tensor.rows(), tensor.columns(), tensor.rowStride());
        }
    }

    /** The mask of a ReLU with that output. */
    static PlannedMemory plannedMask(Tensor output) {
        return new PlannedMemory("ReLU mask", CublasLtProblem.maskBytes(output));
    }

    /** Binds a product with ReLU whose result is {@code y}. */
    Forward forward(CublasLtProblem problem, Tensor y, long bias) {
        Forward forward = new Forward(problem, bias);
        outputs.computeIfAbsent(Place.of(y), place -> new Output()).add(forward);
        return forward;
    }

    /** The address of the mask that every product into {@code y} writes from now on, or 0 when there is none. */
    long mask(Tensor y) {
        Output output = outputs.get(Place.of(y));
        return output == null ? 0 : output.mask();
    }

    /** One tensor and all products that write it: evaluation and training may share it, and then all must write the mask or none. */
    private final class Output {

        private final List<Forward> forwards = new ArrayList<>();
        private DeviceMemory mask;
        private boolean isRefused;

        void add(Forward forward) {
            if (mask != null && !forward.startsMasking(mask.address())) {
                throw new IllegalStateException(
                        "cuBLASLt writes no ReLU mask for " + forward.problem.key() + ", but an earlier product into the same tensor does");
            }
            forwards.add(forward);
        }

        long mask() {
            if (mask == null && !isRefused) {
                offer();
            }
            return mask == null ? 0 : mask.address();
        }

        private void offer() {
            PlannedMemory planned = plannedMask(forwards.getFirst().problem.result());
            DeviceMemory offered = binder.allocate(planned.owner(), planned.byteSize());
            for (Forward forward : forwards) {
                isRefused |= !forward.startsMasking(offered.address());
            }
            if (isRefused) {
                forwards.forEach(Forward::stopMasking);
                offered.close();
            } else {
                mask = offered;
            }
        }
    }

    /** A product with ReLU, which starts to write a mask when one is asked for. */
    final class Forward implements Operation {

        private final CublasLtProblem problem;
        private final long bias;
        private final Operation plain;
        private Operation product;
        private boolean wasLaunched;

        private Forward(CublasLtProblem problem, long bias) {
            this.problem = problem;
            this.bias = bias;
            plain = binder.require(problem, bias, 0);
            product = plain;
        }

        private CublasLtProblem masking() {
            return problem.with(Epilogue.ofForward(bias != 0, Activation.RELU, true));
        }

        /** True when every launch from now on writes the mask. */
        private boolean startsMasking(long mask) {
            // An earlier launch may have been captured, and what was captured stays as it was.
            Operation masks = wasLaunched ? null : binder.bind(masking(), bias, mask);
            if (masks != null) {
                product = masks;
            }
            return masks != null;
        }

        private void stopMasking() {
            product = plain;
        }

        /** What the product does at present. */
        Epilogue epilogue() {
            return product == plain ? problem.epilogue() : masking().epilogue();
        }

        @Override
        public void launch(Stream stream) {
            wasLaunched = true;
            product.launch(stream);
        }
    }

    @Override
    public void close() {
        outputs.values().forEach(output -> {
            if (output.mask != null) {
                output.mask.close();
            }
        });
    }
}
