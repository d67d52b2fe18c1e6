package crosscut.bindings.cuda;

import static crosscut.bindings.generated.cuda.Cuda.*;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/** Streams' work recorded as graphs, and their replay. */
public final class CudaGraphs {

    private static final int CAPTURING = 1;

    private final CudaStatus status;
    private final MemorySegment out = Arena.ofAuto().allocate(JAVA_LONG);
    private final MemorySegment begin;
    private final MemorySegment end;
    private final MemorySegment isCapturing;
    private final MemorySegment instantiate;
    private final MemorySegment launch;
    private final MemorySegment upload;
    private final MemorySegment destroy;
    private final MemorySegment destroyExecutable;

    CudaGraphs(SymbolLookup symbols, CudaStatus status) {
        this.status = status;
        begin = CudaFunctions.find(symbols, "cuStreamBeginCapture_v2");
        end = CudaFunctions.find(symbols, "cuStreamEndCapture");
        isCapturing = CudaFunctions.find(symbols, "cuStreamIsCapturing");
        instantiate = CudaFunctions.find(symbols, "cuGraphInstantiateWithFlags");
        launch = CudaFunctions.find(symbols, "cuGraphLaunch");
        upload = CudaFunctions.find(symbols, "cuGraphUpload");
        destroy = CudaFunctions.find(symbols, "cuGraphDestroy");
        destroyExecutable = CudaFunctions.find(symbols, "cuGraphExecDestroy");
    }

    /** From now on the calling thread's work for the stream, and for those that wait for its events, is recorded and not run. */
    public void beginCapture(long stream) {
        status.check("cuStreamBeginCapture", cuStreamBeginCapture_v2(begin, stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL()));
    }

    /** Ends a capture; returns the graph. */
    public synchronized long endCapture(long stream) {
        status.check("cuStreamEndCapture", cuStreamEndCapture(end, stream, out.address()));
        return out.get(JAVA_LONG, 0);
    }

    public synchronized boolean isCapturing(long stream) {
        status.check("cuStreamIsCapturing", cuStreamIsCapturing(isCapturing, stream, out.address()));
        return out.get(JAVA_INT, 0) == CAPTURING;
    }

    /** Makes a graph ready to be launched. */
    public synchronized long instantiate(long graph) {
        status.check("cuGraphInstantiateWithFlags", cuGraphInstantiateWithFlags(instantiate, out.address(), graph, 0));
        return out.get(JAVA_LONG, 0);
    }

    /** Enqueues a whole graph. */
    public void launch(long executable, long stream) {
        status.check("cuGraphLaunch", cuGraphLaunch(launch, executable, stream));
    }

    /** Brings a graph to the device ahead of its first launch. */
    public void upload(long executable, long stream) {
        status.check("cuGraphUpload", cuGraphUpload(upload, executable, stream));
    }

    public void destroy(long graph) {
        status.check("cuGraphDestroy", cuGraphDestroy(destroy, graph));
    }

    public void destroyExecutable(long executable) {
        status.check("cuGraphExecDestroy", cuGraphExecDestroy(destroyExecutable, executable));
    }
}
