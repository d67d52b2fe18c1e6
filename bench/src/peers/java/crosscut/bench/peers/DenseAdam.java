package crosscut.bench.peers;

import crosscut.kernels.optimizer.UpdateRule;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Adam in its epsilon-hat form by the tensor operations of {@code torch.optim.Adam}, less the one that the other form needs. */
final class DenseAdam {

    private final List<Tensor> parameters;
    private final List<Tensor> firstMoments;
    private final List<Tensor> secondMoments;
    private final Scalar firstMomentWeight;
    private final Scalar secondMomentDecay;
    private final Scalar secondMomentWeight;
    private final Scalar epsilon;

    DenseAdam(List<Tensor> parameters, UpdateRule adam) {
        this.parameters = parameters;
        firstMoments = parameters.stream().map(torch::zeros_like).toList();
        secondMoments = parameters.stream().map(torch::zeros_like).toList();
        firstMomentWeight = new Scalar(1 - adam.beta1());
        secondMomentDecay = new Scalar(adam.beta2());
        secondMomentWeight = new Scalar(1 - adam.beta2());
        epsilon = new Scalar(adam.epsilon());
    }

    /** One step of all parameters; their gradients are gone afterwards. */
    void step(double stepSize) {
        Scalar change = new Scalar(-stepSize);
        for (int index = 0; index < parameters.size(); index++) {
            Tensor parameter = parameters.get(index);
            Tensor gradient = parameter.grad();
            Tensor first = firstMoments.get(index);
            Tensor second = secondMoments.get(index);
            first.lerp_(gradient, firstMomentWeight);
            second.mul_(secondMomentDecay).addcmul_(gradient, gradient, secondMomentWeight);
            parameter.addcdiv_(first, second.sqrt().add_(epsilon), change);
            parameter.mutable_grad().reset();
        }
    }
}
