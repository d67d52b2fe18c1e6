// Decoding of a raw batch into what the model reads; CudaDecoder.java lays out the structures.
#include "common.cuh"

constexpr int THREADS = 256;
constexpr int VALUES_PER_THREAD = 8;
constexpr int VALUES_PER_BLOCK = THREADS * VALUES_PER_THREAD;

constexpr unsigned long long NOTHING_BAD = ~0ull;
constexpr int POSITION_BITS = 36;

// Where the batch of this step lies; written before every step.
struct BatchHeader {
    const char* raw;
    long long firstSample;
    int rows;
    // Batches since the last check.
    unsigned sequence;
};

enum PartType : int { ID_INT8, ID_INT16, ID_INT32, LABEL, NUMERICAL_FLOAT16, NUMERICAL_FLOAT32 };

// One raw column. All batches of a decoder have the same ones.
struct Part {
    long long rawOffset;
    // Where its values start in the decoded ids.
    long long firstTarget;
    // Position of its first value among all values of the batch.
    long long firstPosition;
    long long values;
    long long valuesPerSample;
    long long largestId;
    long long firstBlock;
    long long type;
};

// The first bad value since the last check: the lowest key, which is sequence << POSITION_BITS | position.
struct BadValue {
    unsigned long long key;
    long long firstSample;
    int bits;
    unsigned finishedBlocks;
};

template <typename Raw>
__device__ __forceinline__ long long decode_ids(const Part& part, const char* raw, long long valid, int* ids) {
    long long first = (blockIdx.x - part.firstBlock) * VALUES_PER_BLOCK + threadIdx.x;
    const Raw* source = reinterpret_cast<const Raw*>(raw + part.rawOffset);
    int id[VALUES_PER_THREAD];
#pragma unroll
    for (int k = 0; k < VALUES_PER_THREAD; k++) {
        long long index = first + k * THREADS;
        id[k] = index < valid ? source[index] : 0;
    }
    long long bad = -1;
#pragma unroll
    for (int k = 0; k < VALUES_PER_THREAD; k++) {
        long long index = first + k * THREADS;
        if (static_cast<unsigned>(id[k]) > static_cast<unsigned>(part.largestId)) {
            bad = bad < 0 ? index : bad;
            id[k] = 0;
        }
        if (index < part.values) {
            ids[part.firstTarget + index] = id[k];
        }
    }
    return bad;
}

__device__ __forceinline__ long long decode_labels(const Part& part, const char* raw, long long valid, float* labels) {
    long long first = (blockIdx.x - part.firstBlock) * VALUES_PER_BLOCK + threadIdx.x;
    const signed char* source = reinterpret_cast<const signed char*>(raw + part.rawOffset);
    long long bad = -1;
#pragma unroll
    for (int k = 0; k < VALUES_PER_THREAD; k++) {
        long long index = first + k * THREADS;
        int label = index < valid ? source[index] : 0;
        if ((label & 1) != label) {
            bad = bad < 0 ? index : bad;
        }
        if (index < part.values) {
            labels[index] = label;
        }
    }
    return bad;
}

template <typename Raw, typename T>
__device__ __forceinline__ long long decode_numerical(const Part& part, const char* raw, long long valid, T* numerical, long long rowStride) {
    long long first = (blockIdx.x - part.firstBlock) * VALUES_PER_BLOCK + threadIdx.x;
    const Raw* source = reinterpret_cast<const Raw*>(raw + part.rawOffset);
    // One division for all values of the thread: it walks through rows and columns from there.
    int features = static_cast<int>(part.valuesPerSample);
    int rowsPerStep = THREADS / features;
    int columnsPerStep = THREADS % features;
    long long row = first / features;
    int column = static_cast<int>(first % features);
    long long bad = -1;
#pragma unroll
    for (int k = 0; k < VALUES_PER_THREAD; k++) {
        long long index = first + k * THREADS;
        float value = index < valid ? to_float(source[index]) : 0.0f;
        if ((__float_as_uint(value) & 0x7f800000u) == 0x7f800000u) {
            bad = bad < 0 ? index : bad;
        }
        if (index < part.values) {
            numerical[row * rowStride + column] = from_float<T>(value);
        }
        row += rowsPerStep;
        column += columnsPerStep;
        if (column >= features) {
            column -= features;
            row++;
        }
    }
    return bad;
}

// The raw value at a position of the whole batch, as 32 bits: an id or label with its sign, a numerical value as fp32.
__device__ __forceinline__ int raw_value(const Part* parts, const char* raw, long long position) {
    const Part* part = parts;
    while (position >= part->firstPosition + part->values) {
        part++;
    }
    const char* column = raw + part->rawOffset;
    long long index = position - part->firstPosition;
    switch (part->type) {
        case ID_INT16:
            return reinterpret_cast<const short*>(column)[index];
        case ID_INT32:
            return reinterpret_cast<const int*>(column)[index];
        case NUMERICAL_FLOAT16:
            return __float_as_int(to_float(reinterpret_cast<const float16*>(column)[index]));
        case NUMERICAL_FLOAT32:
            return reinterpret_cast<const int*>(column)[index];
        default:
            return reinterpret_cast<const signed char*>(column)[index];
    }
}

// The block that finishes last adds to the key what the host needs for its message, while the raw batch is still there.
__device__ __forceinline__ void complete_bad_value(const BatchHeader* header, const Part* parts, BadValue* badValue) {
    __syncthreads();
    if (threadIdx.x == 0) {
        __threadfence();
        if (atomicInc(&badValue->finishedBlocks, gridDim.x - 1) == gridDim.x - 1) {
            unsigned long long key = atomicMin(&badValue->key, NOTHING_BAD);
            if (key != NOTHING_BAD && key >> POSITION_BITS == header->sequence) {
                badValue->firstSample = header->firstSample;
                badValue->bits = raw_value(parts, header->raw, static_cast<long long>(key & ((1ull << POSITION_BITS) - 1)));
            }
        }
    }
}

template <typename T>
__device__ __forceinline__ void decode(
        const BatchHeader* header, const Part* parts, const int* partOfBlock, T* numerical, long long rowStride, int* ids, float* labels,
        BadValue* badValue) {
    const Part part = parts[partOfBlock[blockIdx.x]];
    const char* raw = header->raw;
    long long valid = header->rows * part.valuesPerSample;
    long long bad;
    switch (part.type) {
        case ID_INT8:
            bad = decode_ids<signed char>(part, raw, valid, ids);
            break;
        case ID_INT16:
            bad = decode_ids<short>(part, raw, valid, ids);
            break;
        case ID_INT32:
            bad = decode_ids<int>(part, raw, valid, ids);
            break;
        case LABEL:
            bad = decode_labels(part, raw, valid, labels);
            break;
        case NUMERICAL_FLOAT16:
            bad = decode_numerical<float16>(part, raw, valid, numerical, rowStride);
            break;
        default:
            bad = decode_numerical<float>(part, raw, valid, numerical, rowStride);
            break;
    }
    if (bad >= 0) {
        atomicMin(&badValue->key, static_cast<unsigned long long>(header->sequence) << POSITION_BITS | (part.firstPosition + bad));
    }
    complete_bad_value(header, parts, badValue);
}

#define DECODE(name, T)                                                                                                                          \
    extern "C" __global__ void __launch_bounds__(THREADS) name(                                                                                 \
            const BatchHeader* header, const Part* parts, const int* partOfBlock, T* numerical, long long rowStride, int* ids, float* labels,   \
            BadValue* badValue) {                                                                                                                \
        decode<T>(header, parts, partOfBlock, numerical, rowStride, ids, labels, badValue);                                                      \
    }

FOR_EACH_TYPE(DECODE, decode)
