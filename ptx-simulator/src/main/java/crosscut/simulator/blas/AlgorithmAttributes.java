package crosscut.simulator.blas;

import static crosscut.simulator.blas.BlasException.requireValid;

import crosscut.simulator.upcall.CallerMemory;
import java.lang.foreign.MemorySegment;
import java.util.stream.Stream;

/** Attributes of algorithms: cublasLtMatmulAlgoCapAttributes_t and cublasLtMatmulAlgoConfigAttributes_t. */
final class AlgorithmAttributes {

    private static final long TENSOR_CORE_FLAGS = 0x2L | 0x2L << 8 | 0x1L << 16;
    private static final int VECTOR_BYTES = 16;

    private AlgorithmAttributes() {
    }

    static void capability(Algorithm algorithm, int attribute, MemorySegment buffer, long bytes, MemorySegment written) {
        int epilogues = Stream.of(Epilogue.values()).mapToInt(Epilogue::code).reduce(0, (all, code) -> all | code);
        int alignment = algorithm.id() == Algorithm.WHOLE ? 2 : VECTOR_BYTES;
        switch (attribute) {
            case 0 -> give(attribute, algorithm.id() == Algorithm.WHOLE ? 0 : 1, Integer.BYTES, buffer, bytes, written);
            case 1 -> give(attribute, algorithm.reduction(), Integer.BYTES, buffer, bytes, written);
            case 2, 3, 5, 7, 10, 14, 20 -> give(attribute, 0, Integer.BYTES, buffer, bytes, written);
            case 4, 11 -> give(attribute, 1, Integer.BYTES, buffer, bytes, written);
            case 6 -> give(attribute, algorithm.tile(), Integer.BYTES, buffer, bytes, written);
            case 12 -> give(attribute, epilogues, Integer.BYTES, buffer, bytes, written);
            case 13 -> give(attribute, algorithm.stages(), Integer.BYTES, buffer, bytes, written);
            case 15 -> give(attribute, TENSOR_CORE_FLAGS, Long.BYTES, buffer, bytes, written);
            case 16, 17, 18, 19 -> give(attribute, alignment, Integer.BYTES, buffer, bytes, written);
            default -> throw new BlasException(BlasStatus.INVALID_VALUE, attribute + " is no cublasLtMatmulAlgoCapAttributes_t");
        }
    }

    static void configuration(Algorithm algorithm, int attribute, MemorySegment buffer, long bytes, MemorySegment written) {
        switch (attribute) {
            case 0 -> give(attribute, algorithm.id(), Integer.BYTES, buffer, bytes, written);
            case 1 -> give(attribute, algorithm.tile(), Integer.BYTES, buffer, bytes, written);
            case 2 -> give(attribute, algorithm.splits(), Integer.BYTES, buffer, bytes, written);
            case 3 -> give(attribute, algorithm.reduction(), Integer.BYTES, buffer, bytes, written);
            case 4, 5 -> give(attribute, 0, Integer.BYTES, buffer, bytes, written);
            case 6 -> give(attribute, algorithm.stages(), Integer.BYTES, buffer, bytes, written);
            case 7, 8 -> give(attribute, 0, Short.BYTES, buffer, bytes, written);
            default -> throw new BlasException(BlasStatus.INVALID_VALUE, attribute + " is no cublasLtMatmulAlgoConfigAttributes_t");
        }
    }

    private static void give(int attribute, long value, int valueBytes, MemorySegment buffer, long bytes, MemorySegment written) {
        Descriptor.giveValue("algorithm attribute " + attribute, value, valueBytes, buffer, bytes, written);
    }

    static Algorithm configured(Algorithm algorithm, int attribute, MemorySegment buffer, long bytes) {
        if (attribute == 7 || attribute == 8) {
            requireValid(bytes == Short.BYTES, "algorithm attribute " + attribute + " has 2 bytes, not " + bytes);
            return algorithm;
        }
        requireValid(bytes == Integer.BYTES, "algorithm attribute " + attribute + " has 4 bytes, not " + bytes);
        int value = CallerMemory.readInt(buffer, "buf");
        return switch (attribute) {
            case 1 -> new Algorithm(algorithm.id(), algorithm.splits(), algorithm.reduction(), value, algorithm.stages());
            case 2 -> new Algorithm(algorithm.id(), value, algorithm.reduction(), algorithm.tile(), algorithm.stages());
            case 3 -> new Algorithm(algorithm.id(), algorithm.splits(), value, algorithm.tile(), algorithm.stages());
            case 4, 5 -> algorithm;
            case 6 -> new Algorithm(algorithm.id(), algorithm.splits(), algorithm.reduction(), algorithm.tile(), value);
            default -> throw new BlasException(BlasStatus.INVALID_VALUE, "algorithm attribute " + attribute + " cannot be set");
        };
    }
}
