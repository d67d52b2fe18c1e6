package crosscut.launcher.options;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.bindings.LibraryLoader;
import crosscut.bindings.LoadReport;
import crosscut.bindings.nccl.Nccl;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whether every rank can have a GPU. */
class CudaProbeTest {

    private static final LoadReport NONE = Nccl.find(new LibraryLoader(name -> {
        throw new IOException(name + ": no such file");
    }, _ -> null));
    private static final LoadReport FOUND = Nccl.find(new LibraryLoader(_ -> _ -> Optional.empty(), _ -> null));

    @Test
    void everyRankNeedsAGpuAndSeveralNeedNccl() {
        assertThat(CudaProbe.reasonAgainst(1, 1, NONE)).isNull();
        assertThat(CudaProbe.reasonAgainst(2, 1, FOUND)).isEqualTo("--np 2 needs a GPU for each rank, and one is visible");
        assertThat(CudaProbe.reasonAgainst(8, 4, FOUND)).isEqualTo("--np 8 needs a GPU for each rank, and 4 are visible");
        assertThat(CudaProbe.reasonAgainst(2, 2, NONE)).startsWith("--np 2 needs NCCL").contains("./crosscut fetch-cuda");
        assertThat(CudaProbe.reasonAgainst(2, 8, FOUND)).isNull();
    }
}
