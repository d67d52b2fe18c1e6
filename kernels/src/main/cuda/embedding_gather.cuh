// Gather: rows of tables to columns of the activations. A warp takes WARP_LANES samples of one table, and neighbouring warps take neighbouring tables, so that
// what is written at about the same time lies together. A row is read by a group of lanes: as many as its vectors, up to a warp.
#pragma once

#include "embedding.cuh"

constexpr int GATHER_THREADS = 256;

// Rows in flight per group of lanes: memory answers late, and a row alone does not fill the wait.
constexpr int ROWS_AT_ONCE = 4;

// What one warp works on.
struct GatherPart {
    const Table* table;
    long long firstSample;
    int samples;
};

// False when there is nothing left for this warp.
__device__ __forceinline__ bool gather_part(const Table* tables, int tableCount, long long batchSize, GatherPart& part) {
    long long warp = grid_thread() / WARP_LANES;
    part.table = tables + warp % tableCount;
    part.firstSample = warp / tableCount * WARP_LANES;
    part.samples = static_cast<int>(min(static_cast<long long>(WARP_LANES), batchSize - part.firstSample));
    return part.samples > 0;
}

// One id per sample.
template <typename T, int V>
__device__ __forceinline__ void gather_single(
        const Table* tables, int tableCount, const float* __restrict__ weights, const int* __restrict__ ids, T* output, long long rowStride,
        long long batchSize, int groupLanes) {
    GatherPart part;
    if (!gather_part(tables, tableCount, batchSize, part)) {
        return;
    }
    int dimension = static_cast<int>(part.table->dimension);
    const float* rows = weights + part.table->elementOffset;
    T* target = output + part.firstSample * rowStride + part.table->columnOffset;
    int ownId = lane() < part.samples ? ids[part.table->idOffset + part.firstSample + lane()] : 0;
    int groups = WARP_LANES / groupLanes;
    int group = lane() / groupLanes;
    int groupColumn = lane() % groupLanes * V;
    for (int first = 0; first < WARP_LANES; first += groups * ROWS_AT_ONCE) {
        const float* source[ROWS_AT_ONCE];
        bool isSample[ROWS_AT_ONCE];
#pragma unroll
        for (int k = 0; k < ROWS_AT_ONCE; k++) {
            int sample = first + k * groups + group;
            int id = __shfl_sync(ALL_LANES, ownId, sample % WARP_LANES);
            source[k] = rows + static_cast<long long>(id) * dimension;
            isSample[k] = sample < part.samples;
        }
        for (int column = groupColumn; column < dimension; column += groupLanes * V) {
            Floats<V> values[ROWS_AT_ONCE];
#pragma unroll
            for (int k = 0; k < ROWS_AT_ONCE; k++) {
                if (isSample[k]) {
                    values[k] = load<V>(source[k] + column);
                }
            }
#pragma unroll
            for (int k = 0; k < ROWS_AT_ONCE; k++) {
                if (isSample[k]) {
                    store<V>(target + (first + k * groups + group) * rowStride + column, values[k]);
                }
            }
        }
    }
}

// Several ids per sample, whose rows are added in their order.
template <typename T, int V>
__device__ __forceinline__ void gather_pooled(
        const Table* tables, int tableCount, const float* __restrict__ weights, const int* __restrict__ ids, T* output, long long rowStride,
        long long batchSize, int groupLanes) {
    GatherPart part;
    if (!gather_part(tables, tableCount, batchSize, part)) {
        return;
    }
    int dimension = static_cast<int>(part.table->dimension);
    int hotness = static_cast<int>(part.table->hotness);
    float divisor = static_cast<float>(part.table->divisor);
    const float* rows = weights + part.table->elementOffset;
    int groups = WARP_LANES / groupLanes;
    int groupColumn = lane() % groupLanes * V;
    for (int sample = lane() / groupLanes; sample < part.samples; sample += groups) {
        const int* sampleIds = ids + part.table->idOffset + (part.firstSample + sample) * hotness;
        T* target = output + (part.firstSample + sample) * rowStride + part.table->columnOffset;
        for (int column = groupColumn; column < dimension; column += groupLanes * V) {
            Floats<V> sum = {};
            for (int first = 0; first < hotness; first += ROWS_AT_ONCE) {
                Floats<V> values[ROWS_AT_ONCE];
#pragma unroll
                for (int k = 0; k < ROWS_AT_ONCE; k++) {
                    if (first + k < hotness) {
                        values[k] = load<V>(rows + static_cast<long long>(sampleIds[first + k]) * dimension + column);
                    }
                }
#pragma unroll
                for (int k = 0; k < ROWS_AT_ONCE; k++) {
                    if (first + k < hotness) {
#pragma unroll
                        for (int element = 0; element < V; element++) {
                            sum[element] += values[k][element];
                        }
                    }
                }
            }
            if (divisor != 1) {
#pragma unroll
                for (int element = 0; element < V; element++) {
                    sum[element] /= divisor;
                }
            }
            store<V>(target + column, sum);
        }
    }
}
