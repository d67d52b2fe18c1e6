package crosscut.kernels.collective;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaDevice;
import crosscut.kernels.device.cuda.HostWork;
import java.util.ArrayList;
import java.util.List;

/**
 * Collectives of CUDA devices that no library connects, such as simulated ones: each exchange brings its tensors to the host, exchanges them there over
 * sockets, and brings the results back. All of that is enqueued on the stream and can be captured. The same bits as on CPU ranks.
 */
public final class StagedCollectives extends DeviceCollectives {

    private final CudaDevice device;
    private final HostWork work;

    /**
     * Collectives of one device.
     *
     * @param hosts exchanges host memory; is taken over and closed
     */
    public StagedCollectives(CudaDevice device, Collectives hosts) {
        super(hosts);
        this.device = device;
        work = new HostWork(device);
    }

    /** Tensors and their twins in host memory. */
    private final class Twins {

        private final List<Operation> toHost = new ArrayList<>();
        private final List<Operation> toDevice = new ArrayList<>();

        Tensor sent(Tensor onDevice) {
            Tensor twin = work.twin(onDevice);
            toHost.add(work.toHost(onDevice, twin));
            return twin;
        }

        Tensor received(Tensor onDevice) {
            Tensor twin = work.twin(onDevice);
            toDevice.add(work.toDevice(twin, onDevice));
            return twin;
        }

        Tensor inPlace(Tensor onDevice) {
            Tensor twin = sent(onDevice);
            toDevice.add(work.toDevice(twin, onDevice));
            return twin;
        }

        Operation around(Operation exchange) {
            List<Operation> all = new ArrayList<>();
            all.add(_ -> check());
            all.addAll(toHost);
            all.add(work.of(() -> exchange.launch(null)));
            all.addAll(toDevice);
            return new OperationSequence(all);
        }
    }

    @Override
    public Operation allToAll(List<List<Tensor>> send, List<List<Tensor>> receive) {
        Twins twins = new Twins();
        List<List<Tensor>> sent = send.stream().map(tensors -> tensors.stream().map(twins::sent).toList()).toList();
        List<List<Tensor>> received = receive.stream().map(tensors -> tensors.stream().map(twins::received).toList()).toList();
        return twins.around(hosts.allToAll(sent, received));
    }

    @Override
    public Operation allReduceSum(Tensor values) {
        Twins twins = new Twins();
        return twins.around(hosts.allReduceSum(twins.inPlace(values)));
    }

    @Override
    public Operation reduceScatterSum(List<Tensor> parts) {
        DenseTensors.requireOnePerRank("parts", parts, size());
        Twins twins = new Twins();
        List<Tensor> sent = new ArrayList<>();
        for (int peer = 0; peer < size(); peer++) {
            sent.add(peer == rank() ? twins.inPlace(parts.get(peer)) : twins.sent(parts.get(peer)));
        }
        return twins.around(hosts.reduceScatterSum(sent));
    }

    @Override
    public Operation allGather(Tensor part, List<Tensor> parts) {
        Twins twins = new Twins();
        return twins.around(hosts.allGather(twins.sent(part), parts.stream().map(twins::received).toList()));
    }

    @Override
    public Operation broadcast(Tensor values, int root) {
        Twins twins = new Twins();
        return twins.around(hosts.broadcast(twins.inPlace(values), root));
    }

    @Override
    DeviceCollectives connectAgain() {
        return new StagedCollectives(device, hosts.duplicate());
    }

    @Override
    void checkConnections() {
        switch (work.failure()) {
            case null -> { }
            case CollectiveException failure -> throw failure;
            case Throwable failure -> throw new CollectiveException("an exchange over sockets failed: " + failure, failure);
        }
    }

    /** Closes the sockets first, those of duplicates with them, so that work which still waits for another rank ends. */
    @Override
    void closeConnections() {
        try {
            hosts.close();
        } finally {
            work.close();
        }
    }
}
