package crosscut.launcher.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.UserException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterEnvironmentTest {

    @Test
    void slurmTellsEverythingButTheSecret() {
        assertThat(ClusterEnvironment.of(Map.of("SLURM_STEP_NUM_NODES", "4", "SLURM_STEP_NUM_TASKS", "4", "SLURM_NODEID", "2", "SLURM_JOB_ID", "1234567",
                "SLURM_STEP_NODELIST", "gpu[03-06]"))).contains(new ClusterEnvironment("Slurm", 4, 2, "gpu03:24567"));
    }

    @Test
    void openMpiTellsNoHost() {
        assertThat(ClusterEnvironment.of(Map.of("OMPI_COMM_WORLD_SIZE", "2", "OMPI_COMM_WORLD_RANK", "1", "OMPI_COMM_WORLD_LOCAL_SIZE", "1")))
                .contains(new ClusterEnvironment("Open MPI", 2, 1, ""));
    }

    @Test
    void oneNodeIsNoCluster() {
        assertThat(ClusterEnvironment.of(Map.of())).isEmpty();
        assertThat(ClusterEnvironment.of(Map.of("SLURM_JOB_ID", "7", "SLURM_NNODES", "4", "SLURM_NODEID", "0"))).as("a shell of salloc").isEmpty();
        assertThat(ClusterEnvironment.of(Map.of("SLURM_STEP_NUM_NODES", "1", "SLURM_STEP_NUM_TASKS", "8"))).isEmpty();
    }

    @Test
    void aProcessPerRankIsOneTooMany() {
        assertThatThrownBy(() -> ClusterEnvironment.of(Map.of("SLURM_STEP_NUM_NODES", "2", "SLURM_STEP_NUM_TASKS", "16"))).isInstanceOf(UserException.class)
                .hasMessageContaining("srun started 16 tasks on 2 nodes").hasMessageContaining("--ntasks-per-node=1");
        assertThatThrownBy(() -> ClusterEnvironment.of(Map.of("OMPI_COMM_WORLD_SIZE", "16", "OMPI_COMM_WORLD_LOCAL_SIZE", "8")))
                .isInstanceOf(UserException.class).hasMessageContaining("--map-by ppr:1:node");
        assertThatThrownBy(() -> ClusterEnvironment.of(Map.of("SLURM_STEP_NUM_NODES", "two"))).hasMessageContaining("SLURM_STEP_NUM_NODES is two");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "one | one", "one,two | one", "gpu[03-05,9],login | gpu03", "gpu[7] | gpu7", "gpu[1,4-5].cluster | gpu1.cluster", "a,gpu[1-2] | a", "r[2-3]n1,x | r2n1"})
    void theFirstHostOfAList(String list, String host) {
        assertThat(ClusterEnvironment.firstHost(list)).isEqualTo(host);
    }
}
