package crosscut.simulator.blas;

import crosscut.simulator.driver.DriverFixture;
import crosscut.simulator.upcall.NativeCaller;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A simulated cuBLASLt on a simulated driver, called as native code calls it. */
final class BlasFixture implements AutoCloseable {

    static final int FLOAT32 = 0;
    static final int FLOAT16 = 2;
    static final int BFLOAT16 = 14;
    static final int COMPUTE_32F = 68;
    static final int COMPUTE_TF32 = 77;
    static final int TRANSA = 3;
    static final int TRANSB = 4;
    static final int EPILOGUE = 7;
    static final int BIAS_POINTER = 8;
    static final int AUX_POINTER = 11;
    static final int AUX_LD = 12;

    final DriverFixture driver = new DriverFixture();
    final SimulatedCublasLt blas = new SimulatedCublasLt(driver.cuda, 1);
    final NativeCaller calls = new NativeCaller(blas, blas.descriptors());
    final long library = calls.make("cublasLtCreate");

    long product(int computeType) {
        return calls.make("cublasLtMatmulDescCreate", computeType, FLOAT32);
    }

    long layout(int type, long rows, long columns, long leadingDimension) {
        return calls.make("cublasLtMatrixLayoutCreate", type, rows, columns, leadingDimension);
    }

    int setInt(String kind, long descriptor, int attribute, int value) {
        MemorySegment cell = calls.cell();
        cell.set(ValueLayout.JAVA_INT, 0, value);
        return calls.status("cublasLt" + kind + "SetAttribute", descriptor, attribute, cell, 4L);
    }

    int setLong(String kind, long descriptor, int attribute, long value) {
        MemorySegment cell = calls.cell();
        cell.set(ValueLayout.JAVA_LONG, 0, value);
        return calls.status("cublasLt" + kind + "SetAttribute", descriptor, attribute, cell, 8L);
    }

    long upload(float... values) {
        long address = driver.allocate(4L * values.length);
        driver.calls.succeed("cuMemcpyHtoD_v2", address, calls.floats(values), 4L * values.length);
        return address;
    }

    long upload(short... values) {
        long address = driver.allocate(2L * values.length);
        MemorySegment host = calls.bytes(2L * values.length);
        MemorySegment.copy(MemorySegment.ofArray(values), 0, host, 0, 2L * values.length);
        driver.calls.succeed("cuMemcpyHtoD_v2", address, host, 2L * values.length);
        return address;
    }

    float[] floats(long address, int count) {
        return bytes(address, 4L * count).toArray(ValueLayout.JAVA_FLOAT);
    }

    short[] shorts(long address, int count) {
        return bytes(address, 2L * count).toArray(ValueLayout.JAVA_SHORT);
    }

    MemorySegment bytes(long address, long count) {
        MemorySegment host = calls.bytes(count);
        driver.calls.succeed("cuMemcpyDtoH_v2", host, address, count);
        return host;
    }

    @Override
    public void close() {
        blas.close();
        driver.close();
    }
}
