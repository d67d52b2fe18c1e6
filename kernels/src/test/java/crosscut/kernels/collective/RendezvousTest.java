package crosscut.kernels.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RendezvousTest {

    private static final Duration SHORT = Duration.ofMillis(1500);

    private static Rendezvous rendezvous(RendezvousPoint point, String secret, Duration timeout) {
        return new Rendezvous(point, secret, timeout, ThreadRanks.TIMEOUT, false);
    }

    private static List<Throwable> meet(int size, ThreadRanks.Arrival arrival) {
        return ThreadRanks.failures(size, arrival, _ -> null);
    }

    @Test
    void ranksMeetInAnyOrderOfArrival() {
        List<Integer> sums = ThreadRanks.run(5, (rank, point) -> {
            Thread.sleep((rank * 37 + 90) % 100);
            return rendezvous(point, ThreadRanks.SECRET, ThreadRanks.TIMEOUT).meet(ThreadRanks.member(rank, 5));
        }, collectives -> {
            collectives.barrier();
            return collectives.size();
        });
        assertThat(sums).containsOnly(5);
    }

    @Test
    void ranksMeetAtAKnownAddress() throws Exception {
        RendezvousPoint point;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            point = RendezvousPoint.parse("127.0.0.1:" + probe.getLocalPort());
        }
        assertThat(meet(3, (rank, _) -> rendezvous(point, ThreadRanks.SECRET, ThreadRanks.TIMEOUT).meet(ThreadRanks.member(rank, 3)))).containsOnlyNulls();
    }

    @Test
    void anotherSecretIsRefusedAndTheMissingRankNamed() {
        List<Throwable> failures = meet(3, (rank, point) ->
                rendezvous(point, rank == 2 ? "guessed" : ThreadRanks.SECRET, SHORT).meet(ThreadRanks.member(rank, 3)));
        assertThat(failures.get(2)).hasMessageContaining("do not share a secret");
        assertThat(failures.get(0)).hasMessageContaining("rank 2 of 3 did not come").hasMessageContaining("without the right secret");
        assertThat(failures.get(1)).hasMessage(failures.get(0).getMessage());
    }

    @Test
    void missingRanksAreNamedOnAllOthers() {
        List<Throwable> failures = meet(4, (rank, point) ->
                rank % 2 == 1 ? new SingleRankCollectives() : rendezvous(point, ThreadRanks.SECRET, SHORT).meet(ThreadRanks.member(rank, 4)));
        assertThat(failures.get(0)).hasMessageContaining("ranks 1, 3 of 4 did not come").hasMessageContaining("within 1 s");
        assertThat(failures.get(2)).hasMessage(failures.get(0).getMessage());
    }

    @Test
    void aMissingFirstRankIsNamed(@TempDir Path folder) {
        RendezvousPoint point = RendezvousPoint.parse(folder.resolve("nobody").toString());
        assertThatThrownBy(() -> rendezvous(point, ThreadRanks.SECRET, Duration.ofMillis(200)).meet(ThreadRanks.member(1, 2)))
                .isInstanceOf(RendezvousException.class).hasMessageContaining("rank 1 did not find rank 0 at");
    }

    @Test
    void differingRanksAreToldTheDifference() {
        List<Throwable> failures = meet(2, (rank, point) -> rendezvous(point, ThreadRanks.SECRET, ThreadRanks.TIMEOUT)
                .meet(new Member(rank, 2, "1." + rank, Map.of("--batch_size", rank == 0 ? "64" : "128", "--seed", "1"))));
        assertThat(failures).allSatisfy(failure -> assertThat(failure)
                .hasMessage("rank 1 does not fit rank 0: version is 1.1 there and 1.0 on rank 0; --batch_size is 128 there and 64 on rank 0"));
    }

    @Test
    void anotherWorldSizeIsADifference() {
        List<Throwable> failures = meet(2, (rank, point) ->
                rendezvous(point, ThreadRanks.SECRET, ThreadRanks.TIMEOUT).meet(ThreadRanks.member(rank, 2 + rank)));
        assertThat(failures).allSatisfy(failure -> assertThat(failure).hasMessage("rank 1 does not fit rank 0: number of ranks is 3 there and 2 on rank 0"));
    }

    @Test
    void oneRankTwiceIsRefused() {
        List<Throwable> failures = meet(3, (rank, point) -> rendezvous(point, ThreadRanks.SECRET, SHORT).meet(ThreadRanks.member(Math.min(rank, 1), 3)));
        assertThat(failures.get(0)).hasMessageContaining("two processes say that they are rank 1");
    }

    @Test
    void strangersDoNotDisturb() {
        List<Throwable> failures = meet(2, (rank, point) -> {
            if (rank == 1) {
                while (point.find() == null) {
                    Thread.sleep(5);
                }
                try (Socket stranger = new Socket(point.find().getAddress(), point.find().getPort())) {
                    stranger.getOutputStream().write("GET / HTTP/1.0\r\n\r\nfor a rank this makes no sense".getBytes());
                }
            }
            return rendezvous(point, ThreadRanks.SECRET, ThreadRanks.TIMEOUT).meet(ThreadRanks.member(rank, 2));
        });
        assertThat(failures).containsOnlyNulls();
    }

    @Test
    void thePointIsAnAddressOrAFile() {
        assertThat(RendezvousPoint.parse("host:123").address().getPort()).isEqualTo(123);
        assertThat(RendezvousPoint.parse("./file").file()).isEqualTo(Path.of("./file"));
        assertThatThrownBy(() -> RendezvousPoint.parse("neither")).hasMessage("the rendezvous neither is neither host:port nor the path of a file");
        assertThatThrownBy(() -> rendezvous(RendezvousPoint.parse("a:1"), "", SHORT)).hasMessageContaining("CROSSCUT_SECRET");
    }
}
