package crosscut.kernels.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.cuda.CudaFixture;
import org.junit.jupiter.api.Test;

/** Devices whose tensors meet in host memory. */
class StagedCollectivesTest extends DeviceCollectivesContract {

    @Override
    Collectives connect(CudaFixture gpu, Collectives hosts) {
        return new StagedCollectives(gpu.device(), hosts);
    }

    @Test
    void aDeadPeerIsNamedWhenTheHostAsksAndAtTheNextLaunch() {
        run(2, (gpu, collectives) -> {
            if (collectives.rank() == 1) {
                return null;
            }
            Operation sum = collectives.allReduceSum(gpu.zeros(DataType.FLOAT32, 1, 5));
            gpu.run(sum);
            String expected = "rank 1 closed the connection during all-reduce";
            assertThatThrownBy(collectives::check).isInstanceOf(PeerLostException.class).hasMessage(expected);
            assertThatThrownBy(() -> sum.launch(gpu.stream())).isInstanceOf(PeerLostException.class).hasMessage(expected);
            assertThatThrownBy(collectives::barrier).hasMessage(expected);
            assertThat(collectives.rank()).isZero();
            return null;
        });
    }
}
