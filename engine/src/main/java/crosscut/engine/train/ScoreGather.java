package crosscut.engine.train;

import crosscut.engine.model.Dcnv2;
import crosscut.engine.parallel.World;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OwnedResources;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Brings the logits and labels of all ranks' passes to rank 0, in the order of the samples in the global batch. */
final class ScoreGather implements AutoCloseable {

    private final OwnedResources resources = new OwnedResources();
    private final Tensor logits;
    private final Tensor labels;
    private final Operation gather;

    /** Binds the gathering; in a world of one the pass's own tensors are all there is. */
    ScoreGather(Device device, World world, Dcnv2 model) {
        if (world.isSingle()) {
            logits = model.logits();
            labels = model.labels();
            gather = _ -> {};
            return;
        }
        int share = model.batchSize();
        DataType type = model.logits().type();
        long samples = world.isFirst() ? (long) share * world.size() : 0;
        try {
            logits = resources.keep(device.allocate("logits of all ranks", samples * type.byteSize())).tensor(0, type, samples, 1);
            labels = resources.keep(device.allocate("labels of all ranks", samples * Float.BYTES)).tensor(0, DataType.FLOAT32, 1, Math.toIntExact(samples));
            gather = world.collectives().allToAll(sendToFirst(world, model), receiveOnFirst(world, share));
        } catch (RuntimeException | Error failure) {
            resources.closeAfter(failure);
            throw failure;
        }
    }

    private static List<List<Tensor>> sendToFirst(World world, Dcnv2 model) {
        List<List<Tensor>> send = new ArrayList<>();
        for (int rank = 0; rank < world.size(); rank++) {
            send.add(rank == 0 ? List.of(model.logits(), model.labels()) : List.of());
        }
        return send;
    }

    private List<List<Tensor>> receiveOnFirst(World world, int share) {
        List<List<Tensor>> receive = new ArrayList<>();
        for (int rank = 0; rank < world.size(); rank++) {
            receive.add(world.isFirst() ? List.of(logits.rowRange((long) rank * share, share), labels.columnRange(rank * share, share)) : List.of());
        }
        return receive;
    }

    /** Gathers what the passes hold now. */
    void launch(Stream stream) {
        gather.launch(stream);
    }

    /** On rank 0 (global batch, 1), elsewhere empty. */
    Tensor logits() {
        return logits;
    }

    /** On rank 0 (1, global batch) FLOAT32, elsewhere empty. */
    Tensor labels() {
        return labels;
    }

    @Override
    public void close() {
        resources.close();
    }
}
