package crosscut.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.bench.Contender;
import crosscut.bench.ModelSize;
import crosscut.bench.cpu.Agreement;
import crosscut.bench.cpu.Contest;
import crosscut.bench.cpu.CrosscutContender;
import crosscut.bench.cpu.Peer;
import crosscut.engine.config.Precision;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Both sides of the race compute the same. */
class TorchContenderTest {

    static Stream<Arguments> contests() {
        return Stream.of(
                new Contest(Contest.Mode.TRAINING, ModelSize.SMALL, 200, Precision.FP32, 1),
                new Contest(Contest.Mode.TRAINING, ModelSize.SMALL, 200, Precision.BF16, 1),
                new Contest(Contest.Mode.INFERENCE, ModelSize.SMALL, 1, Precision.FP32, 2),
                new Contest(Contest.Mode.INFERENCE, ModelSize.SMALL, 33, Precision.BF16, 1),
                new Contest(Contest.Mode.EMBEDDING, ModelSize.SMALL, 700, Precision.FP32, 1)
        ).flatMap(contest -> Stream.of(Peer.values()).map(peer -> Arguments.of(contest, peer)));
    }

    @ParameterizedTest
    @MethodSource("contests")
    void agreesWithCrosscut(Contest contest, Peer peer) {
        Agreement agreement = compare(contest, peer, contest);
        assertThat(agreement.holds()).as(agreement.toString()).isTrue();
        assertThat(agreement.ours()).hasSizeGreaterThan(1);
    }

    @Test
    void theComparisonTellsOneTrainingFromAnother() {
        // Without its last sample a batch has another loss, and Adam moves the weights another way.
        Contest contest = new Contest(Contest.Mode.TRAINING, ModelSize.SMALL, 200, Precision.FP32, 1);
        Contest other = new Contest(Contest.Mode.TRAINING, ModelSize.SMALL, 199, Precision.FP32, 1);
        Agreement agreement = compare(contest, Peer.STOCK, other);
        assertThat(agreement.lossDifference()).isGreaterThan(10 * agreement.lossAllowed());
    }

    private static Agreement compare(Contest contest, Peer peer, Contest others) {
        try (Contender ours = CrosscutContender.open(contest); Contender theirs = TorchContender.open(others, peer)) {
            List<Double> ourFirst = List.of(ours.run());
            List<Double> theirFirst = List.of(theirs.run());
            float[] ourOutputs = ours.outputs();
            float[] theirOutputs = theirs.outputs();
            return Agreement.of(contest, ourOutputs, theirOutputs, more(ours, ourFirst), more(theirs, theirFirst));
        }
    }

    private static List<Double> more(Contender contender, List<Double> first) {
        return Stream.concat(first.stream(), Stream.generate(contender::run).limit(4)).toList();
    }
}
