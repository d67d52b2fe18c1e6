// Decoding of a raw batch into what the model reads, and the copy of decoded batches; CudaDecoder.java and CudaCopy.java lay out the structures.
#include "common.cuh"

constexpr int THREADS = 256;
constexpr int VALUES_PER_THREAD = 8;
constexpr int VALUES_PER_BLOCK = THREADS * VALUES_PER_THREAD;

constexpr unsigned long long NOTHING_BAD = ~0ull;
constexpr int POSITION_BITS = 36;

// What lies at an address in global memory; the detour tells the compiler which memory it is.
__device__ __forceinline__ char* global_bytes(size_t address) {
    return static_cast<char*>(__cvta_global_to_generic(address));
}

// Where the batch to decode lies; written before every decoding.
struct BatchHeader {
    size_t raw_address;
    // By extent: this rank's samples, those of all ranks.
    long long first_sample[2];
    int rows[2];
    // Batches since the last check.
    unsigned sequence;

    __device__ __forceinline__ const char* raw() const {
        return global_bytes(raw_address);
    }
};

enum PartType : int { ID_INT8, ID_INT16, ID_INT32, LABEL, NUMERICAL_FLOAT16, NUMERICAL_FLOAT32 };

// One raw column. All batches of a decoder have the same ones.
struct Part {
    long long raw_offset;
    // Where its values start in the decoded ids.
    long long first_target;
    // Position of its first value among all values of the batch.
    long long first_position;
    long long values;
    long long values_per_sample;
    long long largest_id;
    long long first_block;
    long long type;
    // Which samples it holds.
    long long extent;
};

// The first bad value since the last check: the lowest key, which is sequence << POSITION_BITS | position.
struct BadValue {
    unsigned long long key;
    long long first_sample;
    int bits;
    unsigned finished_blocks;
};

template <typename Raw>
__device__ __forceinline__ long long decode_ids(const Part& part, const char* raw, long long valid, int* ids) {
    long long first = (blockIdx.x - part.first_block) * VALUES_PER_BLOCK + threadIdx.x;
    const Raw* source = reinterpret_cast<const Raw*>(raw + part.raw_offset);
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
        if (static_cast<unsigned>(id[k]) > static_cast<unsigned>(part.largest_id)) {
            bad = bad < 0 ? index : bad;
            id[k] = 0;
        }
        if (index < part.values) {
            ids[part.first_target + index] = id[k];
        }
    }
    return bad;
}

__device__ __forceinline__ long long decode_labels(const Part& part, const char* raw, long long valid, float* labels) {
    long long first = (blockIdx.x - part.first_block) * VALUES_PER_BLOCK + threadIdx.x;
    const signed char* source = reinterpret_cast<const signed char*>(raw + part.raw_offset);
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
__device__ __forceinline__ long long decode_numerical(const Part& part, const char* raw, long long valid, T* numerical, long long row_stride) {
    long long first = (blockIdx.x - part.first_block) * VALUES_PER_BLOCK + threadIdx.x;
    const Raw* source = reinterpret_cast<const Raw*>(raw + part.raw_offset);
    // One division for all values of the thread: it walks through rows and columns from there.
    int features = static_cast<int>(part.values_per_sample);
    int rows_per_step = THREADS / features;
    int columns_per_step = THREADS % features;
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
            numerical[row * row_stride + column] = from_float<T>(value);
        }
        row += rows_per_step;
        column += columns_per_step;
        if (column >= features) {
            column -= features;
            row++;
        }
    }
    return bad;
}

// The column that has a position of the whole batch.
__device__ __forceinline__ const Part* part_at(const Part* parts, long long position) {
    const Part* part = parts;
    while (position >= part->first_position + part->values) {
        part++;
    }
    return part;
}

// The raw value at a position of the whole batch, as 32 bits: an id or label with its sign, a numerical value as fp32.
__device__ __forceinline__ int raw_value(const Part* part, const char* raw, long long position) {
    const char* column = raw + part->raw_offset;
    long long index = position - part->first_position;
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
__device__ __forceinline__ void complete_bad_value(const BatchHeader* header, const Part* parts, BadValue* bad_value) {
    __syncthreads();
    if (threadIdx.x == 0) {
        __threadfence();
        if (atomicInc(&bad_value->finished_blocks, gridDim.x - 1) == gridDim.x - 1) {
            unsigned long long key = atomicMin(&bad_value->key, NOTHING_BAD);
            if (key != NOTHING_BAD && key >> POSITION_BITS == header->sequence) {
                long long position = static_cast<long long>(key & ((1ull << POSITION_BITS) - 1));
                const Part* part = part_at(parts, position);
                bad_value->first_sample = header->first_sample[part->extent];
                bad_value->bits = raw_value(part, header->raw(), position);
            }
        }
    }
}

template <typename T>
__device__ __forceinline__ void decode(
        const BatchHeader* header, const Part* parts, const int* part_of_block, T* numerical, long long row_stride, int* ids, float* labels,
        BadValue* bad_value) {
    const Part part = parts[part_of_block[blockIdx.x]];
    const char* raw = header->raw();
    long long valid = header->rows[part.extent] * part.values_per_sample;
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
            bad = decode_numerical<float16>(part, raw, valid, numerical, row_stride);
            break;
        default:
            bad = decode_numerical<float>(part, raw, valid, numerical, row_stride);
            break;
    }
    if (bad >= 0) {
        atomicMin(&bad_value->key, static_cast<unsigned long long>(header->sequence) << POSITION_BITS | (part.first_position + bad));
    }
    complete_bad_value(header, parts, bad_value);
}

#define DECODE(name, T) \
    extern "C" __global__ void __launch_bounds__(THREADS) name( \
            const BatchHeader* header, const Part* parts, const int* part_of_block, T* numerical, long long row_stride, int* ids, float* labels, \
            BadValue* bad_value) { \
        decode<T>(header, parts, part_of_block, numerical, row_stride, ids, labels, bad_value); \
    }

FOR_EACH_TYPE(DECODE, decode)

constexpr int COPIES_PER_THREAD = 4;
constexpr int COPIED_BYTES_PER_BLOCK = THREADS * COPIES_PER_THREAD * static_cast<int>(sizeof(uint4));

// One tensor to copy. Both addresses are multiples of 16, and bytes is even.
struct CopyPart {
    size_t source_address;
    size_t target_address;
    long long bytes;
    long long first_block;
};

extern "C" __global__ void __launch_bounds__(THREADS) copy_tensors(const CopyPart* parts, const int* part_of_block) {
    const CopyPart part = parts[part_of_block[blockIdx.x]];
    const char* source = global_bytes(part.source_address);
    char* target = global_bytes(part.target_address);
    long long block_start = (blockIdx.x - part.first_block) * COPIED_BYTES_PER_BLOCK;
    long long first = block_start + threadIdx.x * static_cast<long long>(sizeof(uint4));
    long long whole = part.bytes / sizeof(uint4) * sizeof(uint4);
    uint4 value[COPIES_PER_THREAD];
#pragma unroll
    for (int k = 0; k < COPIES_PER_THREAD; k++) {
        long long offset = first + k * THREADS * sizeof(uint4);
        if (offset < whole) {
            value[k] = *reinterpret_cast<const uint4*>(source + offset);
        }
    }
#pragma unroll
    for (int k = 0; k < COPIES_PER_THREAD; k++) {
        long long offset = first + k * THREADS * sizeof(uint4);
        if (offset < whole) {
            *reinterpret_cast<uint4*>(target + offset) = value[k];
        }
    }
    // What is left of the tensor after its last 16 bytes.
    long long rest = whole + threadIdx.x * static_cast<long long>(sizeof(unsigned short));
    bool is_last = block_start + COPIED_BYTES_PER_BLOCK >= part.bytes;
    if (is_last && rest < part.bytes) {
        *reinterpret_cast<unsigned short*>(target + rest) = *reinterpret_cast<const unsigned short*>(source + rest);
    }
}
