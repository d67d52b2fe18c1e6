package crosscut.bench.peers;

import crosscut.kernels.optimizer.UpdateRule;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** {@code torch.optim.SparseAdam}, which libtorch lacks, by the same tensor operations: Adam in its epsilon-hat form on the rows that a sparse gradient has. */
final class SparseAdam {

    private final Tensor weight;
    private final Tensor firstMoment;
    private final Tensor secondMoment;
    private final Scalar firstMomentWeight;
    private final Scalar secondMomentWeight;
    private final Scalar epsilon;
    private final Scalar two = new Scalar(2);

    /** Starts with moments of zero. */
    SparseAdam(Tensor weight, UpdateRule adam) {
        this.weight = weight;
        firstMoment = torch.zeros_like(weight);
        secondMoment = torch.zeros_like(weight);
        firstMomentWeight = new Scalar(1 - adam.beta1());
        secondMomentWeight = new Scalar(1 - adam.beta2());
        epsilon = new Scalar(adam.epsilon());
    }

    /**
     * One step, without gradients of its own.
     *
     * @param gradient sparse, with duplicates
     * @param stepSize learning rate with bias correction
     */
    void step(Tensor gradient, double stepSize) {
        Tensor summed = gradient.coalesce();
        Tensor rows = summed._indices();
        Tensor values = summed._values();
        long[] shape = weight.sizes().vec().get();
        Tensor oldFirst = firstMoment.sparse_mask(summed)._values();
        Tensor firstChange = values.sub(oldFirst).mul_(firstMomentWeight);
        firstMoment.add_(torch.sparse_coo_tensor(rows, firstChange, shape));
        Tensor oldSecond = secondMoment.sparse_mask(summed)._values();
        Tensor secondChange = values.pow(two).sub_(oldSecond).mul_(secondMomentWeight);
        secondMoment.add_(torch.sparse_coo_tensor(rows, secondChange, shape));
        // From the changes and the old values, which are at hand, rather than from the tables once more.
        Tensor numerator = firstChange.add_(oldFirst);
        Tensor denominator = secondChange.add_(oldSecond).sqrt_().add_(epsilon);
        weight.add_(torch.sparse_coo_tensor(rows, numerator.div_(denominator).mul_(new Scalar(-stepSize)), shape));
    }
}
