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
    long long first_sample;
    int samples;
};

// False when there is nothing left for this warp.
__device__ __forceinline__ bool gather_part(const Table* tables, int table_count, long long batch_size, GatherPart& part) {
    long long warp = grid_thread() / WARP_LANES;
    part.table = tables + warp % table_count;
    part.first_sample = warp / table_count * WARP_LANES;
    part.samples = static_cast<int>(min(static_cast<long long>(WARP_LANES), batch_size - part.first_sample));
    return part.samples > 0;
}

// One id per sample.
template <typename T, int V>
__device__ __forceinline__ void gather_single(
        const Table* tables, int table_count, const float* __restrict__ weights, const int* __restrict__ ids, T* output, long long row_stride,
        long long batch_size, int group_lanes) {
    GatherPart part;
    if (!gather_part(tables, table_count, batch_size, part)) {
        return;
    }
    int dimension = static_cast<int>(part.table->dimension);
    const float* rows = weights + part.table->element_offset;
    T* target = output + part.first_sample * row_stride + part.table->column_offset;
    int own_id = lane() < part.samples ? ids[part.table->id_offset + part.first_sample + lane()] : 0;
    int groups = WARP_LANES / group_lanes;
    int group = lane() / group_lanes;
    int group_column = lane() % group_lanes * V;
    for (int first = 0; first < WARP_LANES; first += groups * ROWS_AT_ONCE) {
        const float* source[ROWS_AT_ONCE];
        bool is_sample[ROWS_AT_ONCE];
#pragma unroll
        for (int k = 0; k < ROWS_AT_ONCE; k++) {
            int sample = first + k * groups + group;
            int id = __shfl_sync(ALL_LANES, own_id, sample % WARP_LANES);
            source[k] = rows + static_cast<long long>(id) * dimension;
            is_sample[k] = sample < part.samples;
        }
        for (int column = group_column; column < dimension; column += group_lanes * V) {
            Floats<V> values[ROWS_AT_ONCE];
#pragma unroll
            for (int k = 0; k < ROWS_AT_ONCE; k++) {
                if (is_sample[k]) {
                    values[k] = load<V>(source[k] + column);
                }
            }
#pragma unroll
            for (int k = 0; k < ROWS_AT_ONCE; k++) {
                if (is_sample[k]) {
                    store<V>(target + (first + k * groups + group) * row_stride + column, values[k]);
                }
            }
        }
    }
}

// Several ids per sample, whose rows are added in their order.
template <typename T, int V>
__device__ __forceinline__ void gather_pooled(
        const Table* tables, int table_count, const float* __restrict__ weights, const int* __restrict__ ids, T* output, long long row_stride,
        long long batch_size, int group_lanes) {
    GatherPart part;
    if (!gather_part(tables, table_count, batch_size, part)) {
        return;
    }
    int dimension = static_cast<int>(part.table->dimension);
    int hotness = static_cast<int>(part.table->hotness);
    float divisor = static_cast<float>(part.table->divisor);
    const float* rows = weights + part.table->element_offset;
    int groups = WARP_LANES / group_lanes;
    int group_column = lane() % group_lanes * V;
    for (int sample = lane() / group_lanes; sample < part.samples; sample += groups) {
        const int* sample_ids = ids + part.table->id_offset + (part.first_sample + sample) * hotness;
        T* target = output + (part.first_sample + sample) * row_stride + part.table->column_offset;
        for (int column = group_column; column < dimension; column += group_lanes * V) {
            Floats<V> sum = {};
            for (int first = 0; first < hotness; first += ROWS_AT_ONCE) {
                Floats<V> values[ROWS_AT_ONCE];
#pragma unroll
                for (int k = 0; k < ROWS_AT_ONCE; k++) {
                    if (first + k < hotness) {
                        values[k] = load<V>(rows + static_cast<long long>(sample_ids[first + k]) * dimension + column);
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
