package crosscut.kernels.batch;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaContext;
import crosscut.kernels.device.cuda.KernelArguments;
import java.util.List;
import java.util.stream.IntStream;

/** Binds the copy of several tensors as one launch: {@code copy_tensors} of {@code batch.cu}, each block of which works on one tensor. */
final class CudaCopy {

    private static final int THREADS = 256;
    private static final int ACCESS_BYTES = 16;

    /** {@code COPIED_BYTES_PER_BLOCK} of {@code batch.cu}. */
    private static final int BYTES_PER_BLOCK = THREADS * 4 * ACCESS_BYTES;

    private CudaCopy() {
    }

    static Operation bind(CudaContext context, List<Tensor> sources, List<Tensor> targets) {
        long[] parts = new long[4 * sources.size()];
        IntStream.Builder partOfBlock = IntStream.builder();
        int blocks = 0;
        for (int index = 0; index < sources.size(); index++) {
            Tensor source = sources.get(index);
            Tensor target = targets.get(index);
            requireAligned(source);
            requireAligned(target);
            long bytes = source.elements() * source.type().byteSize();
            long[] part = {source.address(), target.address(), bytes, blocks};
            System.arraycopy(part, 0, parts, part.length * index, part.length);
            int blocksOfPart = Math.toIntExact(Math.ceilDiv(bytes, (long) BYTES_PER_BLOCK));
            for (int block = 0; block < blocksOfPart; block++) {
                partOfBlock.add(index);
            }
            blocks = Math.addExact(blocks, blocksOfPart);
        }
        if (blocks == 0) {
            return _ -> { };
        }
        KernelArguments arguments = new KernelArguments().address(context.upload("tensors to copy", parts).address())
                .address(context.upload("tensors of the copy kernel's blocks", partOfBlock.build().toArray()).address());
        return context.kernel(CudaDecoder.FAMILY, "copy_tensors").bind(blocks, THREADS, 0, arguments);
    }

    private static void requireAligned(Tensor tensor) {
        if (tensor.address() % ACCESS_BYTES != 0) {
            throw new IllegalArgumentException("a tensor to copy, " + tensor.shape() + " in " + tensor.memory().owner() + ", starts at byte "
                    + tensor.byteOffset() + " where a multiple of " + ACCESS_BYTES + " is needed");
        }
    }
}
