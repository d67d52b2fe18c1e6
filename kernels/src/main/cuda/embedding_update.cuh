// Segment reduce and row-wise optimizer. Three passes over ever fewer sums:
//
//     chunk   CHUNK_PAIRS sorted pairs: adds the gradients of every run of equal keys. A run inside the chunk updates its row at once.
//     group   GROUP_CHUNKS chunks: adds the sums of runs that cross chunks. A run inside the group updates its row.
//     rest    adds the sums of runs that cross groups, and updates their rows.
//
// A stretch of pairs, chunk or group, leaves up to two sums: of the run that goes on from the stretch before, and of the run that starts here and goes on in the
// next. The order of additions follows from the sorted keys alone, and every row is updated by exactly one group of lanes: no atomics, same bits always.
#pragma once

#include "embedding.cuh"

constexpr int UPDATE_THREADS = 256;
constexpr int CHUNK_PAIRS = 32;
constexpr int GROUP_CHUNKS = WARP_LANES;
constexpr int GROUP_PAIRS = CHUNK_PAIRS * GROUP_CHUNKS;
constexpr int GRADIENTS_AT_ONCE = 4;
constexpr int SUMS_AT_ONCE = 4;

// Indices in the step tensor; UpdateRule.java.
constexpr int STEP_SIZE = 0;
constexpr int GRADIENT_SCALE = 1;
constexpr int SKIP = 2;

struct Parameters {
    float* weights;
    // Null for gradient descent.
    float* firstMoments;
    float* secondMoments;
    const float* step;
    float firstWeight;
    float secondWeight;
    float epsilon;

    // The rule of UpdateRule.java. Every operation rounds, as on the CPU: nothing is contracted.
    template <int V>
    __device__ __forceinline__ void update(long long element, const Floats<V>& sum, float divisor) const {
        float stepSize = step[STEP_SIZE];
        float factor = __fdiv_rn(step[GRADIENT_SCALE], divisor);
        Floats<V> w = load<V>(weights + element);
        if (firstMoments == nullptr) {
#pragma unroll
            for (int k = 0; k < V; k++) {
                w[k] = __fsub_rn(w[k], __fmul_rn(__fmul_rn(sum[k], factor), stepSize));
            }
        } else {
            Floats<V> m = load<V>(firstMoments + element);
            Floats<V> v = load<V>(secondMoments + element);
#pragma unroll
            for (int k = 0; k < V; k++) {
                float g = __fmul_rn(sum[k], factor);
                m[k] = __fadd_rn(m[k], __fmul_rn(__fsub_rn(g, m[k]), firstWeight));
                v[k] = __fadd_rn(v[k], __fmul_rn(__fsub_rn(__fmul_rn(g, g), v[k]), secondWeight));
                w[k] = __fsub_rn(w[k], __fdiv_rn(__fmul_rn(m[k], stepSize), __fadd_rn(__fsqrt_rn(v[k]), epsilon)));
            }
            store<V>(firstMoments + element, m);
            store<V>(secondMoments + element, v);
        }
        store<V>(weights + element, w);
    }
};

// Sums of runs that cross stretches: (stretches, 2, width).
struct Sums {
    float* values;
    long long width;

    __device__ __forceinline__ float* continued(long long stretch) const {
        return values + 2 * stretch * width;
    }

    __device__ __forceinline__ float* started(long long stretch) const {
        return values + (2 * stretch + 1) * width;
    }
};

// How the runs at both ends of a stretch of one table's pairs go on.
struct Ends {
    bool continuesBefore;
    bool continuesAfter;
    // One run from before to after.
    bool isThrough;

    __device__ __forceinline__ Ends(const Pair* pairs, const Table& table, long long first, long long end) {
        long long tableEnd = (&table)[1].firstPair;
        unsigned firstKey = key_of(pairs[first]);
        unsigned lastKey = key_of(pairs[end - 1]);
        continuesBefore = first > table.firstPair && key_of(pairs[first - 1]) == firstKey;
        continuesAfter = end < tableEnd && key_of(pairs[end]) == lastKey;
        isThrough = continuesBefore && continuesAfter && firstKey == lastKey;
    }

    // Whether the stretch leaves the sum of a run that starts in it.
    __device__ __forceinline__ bool leavesStarted() const {
        return continuesAfter && !isThrough;
    }
};

__device__ __forceinline__ long long row_element(const Table& table, unsigned key) {
    return table.elementOffset + (key - table.firstKey) * table.dimension;
}

template <int V>
__device__ __forceinline__ void add(Floats<V>& sum, const Floats<V>& values) {
#pragma unroll
    for (int k = 0; k < V; k++) {
        sum[k] += values[k];
    }
}

template <typename T, int V>
__device__ __forceinline__ void update_chunk(
        const Table& table, long long chunk, const Pair* __restrict__ pairs, const T* __restrict__ gradient, long long rowStride, Sums sums,
        const Parameters& parameters, int groupLanes) {
    long long first = table.firstPair + (chunk - table.firstChunk) * CHUNK_PAIRS;
    long long end = min(first + CHUNK_PAIRS, (&table)[1].firstPair);
    int count = static_cast<int>(end - first);
    int dimension = static_cast<int>(table.dimension);
    unsigned hotness = static_cast<unsigned>(table.hotness);
    float divisor = static_cast<float>(table.divisor);
    const Ends ends(pairs, table, first, end);
    pairs += first;
    gradient += table.columnOffset;
    for (int column = threadIdx.x % groupLanes * V; column < dimension; column += groupLanes * V) {
        unsigned key = key_of(pairs[0]);
        bool isContinued = ends.continuesBefore;
        Floats<V> sum = {};
        for (int index = 0; index < count; index += GRADIENTS_AT_ONCE) {
            unsigned keys[GRADIENTS_AT_ONCE];
            Floats<V> values[GRADIENTS_AT_ONCE];
#pragma unroll
            for (int k = 0; k < GRADIENTS_AT_ONCE; k++) {
                if (index + k < count) {
                    Pair pair = pairs[index + k];
                    keys[k] = key_of(pair);
                    unsigned sample = hotness == 1 ? position_of(pair) : position_of(pair) / hotness;
                    values[k] = load<V>(gradient + sample * rowStride + column);
                }
            }
#pragma unroll
            for (int k = 0; k < GRADIENTS_AT_ONCE; k++) {
                if (index + k < count) {
                    if (keys[k] != key) {
                        if (isContinued) {
                            store<V>(sums.continued(chunk) + column, sum);
                        } else {
                            parameters.update<V>(row_element(table, key) + column, sum, divisor);
                        }
                        isContinued = false;
                        key = keys[k];
                        sum = {};
                    }
                    add<V>(sum, values[k]);
                }
            }
        }
        if (isContinued) {
            store<V>(sums.continued(chunk) + column, sum);
        } else if (ends.continuesAfter) {
            store<V>(sums.started(chunk) + column, sum);
        } else {
            parameters.update<V>(row_element(table, key) + column, sum, divisor);
        }
    }
}

template <typename T>
__device__ __forceinline__ void update_chunks(
        const Table* tables, int tableCount, const Pair* pairs, const T* gradient, long long rowStride, Sums sums, const Parameters& parameters,
        int groupLanes) {
    long long chunk = grid_thread() / groupLanes;
    if (parameters.step[SKIP] != 0 || chunk >= tables[tableCount].firstChunk) {
        return;
    }
    const Table& table = tables[table_at<&Table::firstChunk>(tables, tableCount, chunk)];
    if (table.hasVectors != 0) {
        update_chunk<T, 4>(table, chunk, pairs, gradient, rowStride, sums, parameters, groupLanes);
    } else {
        update_chunk<T, 1>(table, chunk, pairs, gradient, rowStride, sums, parameters, groupLanes);
    }
}

// One bit per chunk of a group.
struct GroupMasks {
    unsigned continued;
    unsigned through;
    unsigned started;
};

template <int V>
__device__ __forceinline__ void update_group(
        const Table& table, long long group, long long firstChunk, const Pair* __restrict__ pairs, GroupMasks masks, Sums sums, Sums groupSums,
        const Parameters& parameters) {
    int dimension = static_cast<int>(table.dimension);
    float divisor = static_cast<float>(table.divisor);
    long long firstPair = table.firstPair + (firstChunk - table.firstChunk) * CHUNK_PAIRS;
    for (int column = lane() * V; column < dimension; column += WARP_LANES * V) {
        // The run that is being added goes on from the group before.
        bool isContinued = masks.continued & 1;
        bool isOpen = isContinued;
        Floats<V> sum = {};
        for (int first = 0; first < GROUP_CHUNKS; first += SUMS_AT_ONCE) {
            Floats<V> continued[SUMS_AT_ONCE];
            Floats<V> started[SUMS_AT_ONCE];
#pragma unroll
            for (int k = 0; k < SUMS_AT_ONCE; k++) {
                if (masks.continued >> (first + k) & 1) {
                    continued[k] = load<V>(sums.continued(firstChunk + first + k) + column);
                }
                if (masks.started >> (first + k) & 1) {
                    started[k] = load<V>(sums.started(firstChunk + first + k) + column);
                }
            }
#pragma unroll
            for (int k = 0; k < SUMS_AT_ONCE; k++) {
                int chunk = first + k;
                if (masks.continued >> chunk & 1) {
                    add<V>(sum, continued[k]);
                    if (!(masks.through >> chunk & 1)) {
                        if (isContinued) {
                            store<V>(groupSums.continued(group) + column, sum);
                        } else {
                            unsigned key = key_of(pairs[firstPair + chunk * CHUNK_PAIRS]);
                            parameters.update<V>(row_element(table, key) + column, sum, divisor);
                        }
                        isContinued = false;
                        isOpen = false;
                    }
                }
                if (masks.started >> chunk & 1) {
                    sum = started[k];
                    isOpen = true;
                }
            }
        }
        if (isOpen) {
            store<V>((isContinued ? groupSums.continued(group) : groupSums.started(group)) + column, sum);
        }
    }
}

// One warp per group.
__device__ __forceinline__ void update_groups(
        const Table* tables, int tableCount, const Pair* pairs, Sums sums, Sums groupSums, const Parameters& parameters) {
    long long group = grid_thread() / WARP_LANES;
    if (parameters.step[SKIP] != 0 || group >= tables[tableCount].firstGroup) {
        return;
    }
    const Table& table = tables[table_at<&Table::firstGroup>(tables, tableCount, group)];
    long long firstChunk = table.firstChunk + (group - table.firstGroup) * GROUP_CHUNKS;
    long long first = table.firstPair + (firstChunk + lane() - table.firstChunk) * CHUNK_PAIRS;
    long long tableEnd = (&table)[1].firstPair;
    bool continued = false;
    bool through = false;
    bool started = false;
    if (first < tableEnd) {
        const Ends ends(pairs, table, first, min(first + CHUNK_PAIRS, tableEnd));
        continued = ends.continuesBefore;
        through = ends.isThrough;
        started = ends.leavesStarted();
    }
    GroupMasks masks = {__ballot_sync(ALL_LANES, continued), __ballot_sync(ALL_LANES, through), __ballot_sync(ALL_LANES, started)};
    if ((masks.continued | masks.started) == 0) {
        return;
    }
    if (table.hasVectors != 0) {
        update_group<4>(table, group, firstChunk, pairs, masks, sums, groupSums, parameters);
    } else {
        update_group<1>(table, group, firstChunk, pairs, masks, sums, groupSums, parameters);
    }
}

template <int V>
__device__ __forceinline__ void update_rest_of_run(
        const Table& table, long long group, long long end, unsigned key, const Pair* __restrict__ pairs, Sums groupSums, const Parameters& parameters) {
    int dimension = static_cast<int>(table.dimension);
    long long tableEnd = (&table)[1].firstPair;
    for (int column = lane() * V; column < dimension; column += WARP_LANES * V) {
        Floats<V> sum = load<V>(groupSums.started(group) + column);
        long long next = group + 1;
        for (long long boundary = end; boundary < tableEnd && key_of(pairs[boundary]) == key; boundary += GROUP_PAIRS) {
            add<V>(sum, load<V>(groupSums.continued(next) + column));
            next++;
        }
        parameters.update<V>(row_element(table, key) + column, sum, static_cast<float>(table.divisor));
    }
}

// One warp per group: the run that starts in it and goes on in the next.
__device__ __forceinline__ void update_rest(const Table* tables, int tableCount, const Pair* pairs, Sums groupSums, const Parameters& parameters) {
    long long group = grid_thread() / WARP_LANES;
    if (parameters.step[SKIP] != 0 || group >= tables[tableCount].firstGroup) {
        return;
    }
    const Table& table = tables[table_at<&Table::firstGroup>(tables, tableCount, group)];
    long long first = table.firstPair + (group - table.firstGroup) * GROUP_PAIRS;
    long long end = min(first + GROUP_PAIRS, (&table)[1].firstPair);
    if (!Ends(pairs, table, first, end).leavesStarted()) {
        return;
    }
    unsigned key = key_of(pairs[end - 1]);
    if (table.hasVectors != 0) {
        update_rest_of_run<4>(table, group, end, key, pairs, groupSums, parameters);
    } else {
        update_rest_of_run<1>(table, group, end, key, pairs, groupSums, parameters);
    }
}
