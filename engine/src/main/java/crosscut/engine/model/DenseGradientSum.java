package crosscut.engine.model;

import crosscut.kernels.collective.Collectives;
import crosscut.kernels.device.Branch;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The sum over ranks of the dense gradients, part by part: each is on its way while the way back goes on below it. */
final class DenseGradientSum {

    private final Map<String, Branch> parts = new LinkedHashMap<>();
    private final List<Branch> all;

    DenseGradientSum(DenseParameters parameters, Collectives collectives, Exchanges exchanges) {
        for (DenseLayout.Part part : parameters.layout().parts()) {
            parts.put(part.name(), exchanges.branch(collectives.allReduceSum(parameters.gradients(part))));
        }
        all = new ArrayList<>(parts.values());
    }

    /**
     * Starts the sum of one part; every step has to.
     *
     * @param complete the stream whose work so far has completed the part's gradients
     */
    Operation start(String part, Stream complete) {
        Operation fork = parts.get(part).fork();
        return _ -> fork.launch(complete);
    }

    /** Lets {@code stream} wait for all sums. */
    void join(Stream stream) {
        for (int part = 0; part < all.size(); part++) {
            all.get(part).join().launch(stream);
        }
    }
}
