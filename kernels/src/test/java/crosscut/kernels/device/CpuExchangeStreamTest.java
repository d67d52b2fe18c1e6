package crosscut.kernels.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CpuExchangeStreamTest {

    private final CpuFixture fixture = new CpuFixture(1);
    private final Device device = fixture.device();
    private final Stream main = device.createStream("main");
    private final Stream exchanges = device.createExchangeStream("exchanges");

    @AfterEach
    void close() {
        exchanges.close();
        fixture.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    @Test
    void anExchangeRunsWhileTheLaunchingThreadGoesOn() {
        CountDownLatch mainWorks = new CountDownLatch(1);
        CountDownLatch exchanged = new CountDownLatch(1);
        try (Branch branch = new Branch(device, exchanges, _ -> {
            await(mainWorks);
            exchanged.countDown();
        })) {
            branch.fork().launch(main);
            assertThat(exchanged.getCount()).isEqualTo(1);
            mainWorks.countDown();
            branch.join().launch(main);
            assertThat(exchanged.getCount()).isZero();
        }
    }

    @Test
    void operationsRunInOrderHoweverMany() {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch begin = new CountDownLatch(1);
        exchanges.launch(_ -> await(begin));
        begin.countDown();
        for (int number = 0; number < 1000; number++) {
            int own = number;
            exchanges.launch(_ -> order.add(own));
        }
        exchanges.synchronize();
        assertThat(order).isEqualTo(IntStream.range(0, 1000).boxed().toList());
    }

    @Test
    void anEventIsDoneWhenWhatCameBeforeItHasRun() {
        CountDownLatch end = new CountDownLatch(1);
        try (Event event = device.createEvent()) {
            assertThat(event.isDone()).isTrue();
            exchanges.launch(_ -> await(end));
            event.record(exchanges);
            assertThat(event.isDone()).isFalse();
            end.countDown();
            event.synchronize();
            assertThat(event.isDone()).isTrue();
            event.record(main);
            exchanges.launch(_ -> { });
            assertThat(event.isDone()).isTrue();
        }
    }

    @Test
    void aFailureReachesWhoeverWaitsAndEndsTheRest() {
        AtomicInteger after = new AtomicInteger();
        try (Branch failing = new Branch(device, exchanges, _ -> {
            throw new IllegalArgumentException("rank 3 is gone");
        }); Branch next = new Branch(device, exchanges, _ -> after.incrementAndGet())) {
            failing.fork().launch(main);
            assertThatThrownBy(() -> {
                // The launching thread may meet the failure here already.
                next.fork().launch(main);
                next.join().launch(main);
            }).hasMessage("rank 3 is gone");
            assertThatThrownBy(() -> failing.join().launch(main)).isInstanceOf(IllegalArgumentException.class).hasMessage("rank 3 is gone");
            assertThat(after).hasValue(0);
        }
    }

    @Test
    void launchingAllocatesNothing() {
        try (Branch branch = new Branch(device, exchanges, _ -> { })) {
            CpuFixture.assertAllocatesNothing(stream -> {
                branch.fork().launch(main);
                branch.join().launch(main);
            });
        }
    }
}
