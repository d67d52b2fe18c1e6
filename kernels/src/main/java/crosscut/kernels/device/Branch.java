package crosscut.kernels.device;

/**
 * Work that runs on a side stream while the main stream goes on: launch {@link #fork} where its inputs are ready and {@link #join} before its results are
 * used, both on the main stream. A capture of the main stream takes the side's work in, so a branch is an ordinary part of a step. On the CPU the work runs at
 * the fork, unless the side is a stream for exchanges.
 */
public final class Branch implements AutoCloseable {

    private final Stream side;
    private final Operation work;
    private final Event forked;
    private final Event finished;
    private final Operation fork = this::launchWork;
    private final Operation join = this::await;

    /**
     * Binds the work.
     *
     * @param side the stream that runs it; several branches may share one and then follow each other
     */
    public Branch(Device device, Stream side, Operation work) {
        this.side = side;
        this.work = work;
        forked = device.createEvent();
        finished = device.createEvent();
    }

    /** Lets the side stream run the work after everything launched so far on the stream that this operation is launched on. */
    public Operation fork() {
        return fork;
    }

    /** Lets the stream that this operation is launched on wait for the end of the work. Every fork needs its join. */
    public Operation join() {
        return join;
    }

    private void launchWork(Stream main) {
        forked.record(main);
        side.await(forked);
        side.launch(work);
        finished.record(side);
    }

    private void await(Stream main) {
        main.await(finished);
    }

    @Override
    public void close() {
        forked.close();
        finished.close();
    }
}
