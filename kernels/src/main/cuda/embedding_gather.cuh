// Gather: rows of tables to columns of the activations. A warp takes WARP_LANES samples of one table, and neighbouring warps take neighbouring tables, so that
// what is written at about the same time lies together. A row is read by a group of lanes: as many as its vectors, up to a warp.
//
// Sums begin with -0, which changes no number that is added to it, not even another -0. It is also what an id stands for whose row is elsewhere.
#pragma once

#include "embedding.cuh"

constexpr int GATHER_THREADS = 256;

// Rows in flight per group of lanes: memory answers late, and a row alone does not fill the wait.
constexpr int ROWS_AT_ONCE = 4;

constexpr float NOTHING = -0.0f;

template <int V>
__device__ __forceinline__ Floats<V> nothing() {
    Floats<V> values;
#pragma unroll
    for (int element = 0; element < V; element++) {
        values[element] = NOTHING;
    }
    return values;
}

// The rows of a table that are here.
struct RowsHere {
    unsigned first;
    unsigned count;

    __device__ __forceinline__ explicit RowsHere(const Table& table)
        : first(static_cast<unsigned>(table.first_row)), count(static_cast<unsigned>(table.rows)) {
    }

    // Where the row of an id lies among them, or -1 when it is elsewhere.
    __device__ __forceinline__ int place_of(int id) const {
        unsigned place = static_cast<unsigned>(id) - first;
        return place < count ? static_cast<int>(place) : -1;
    }
};

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
    int own_row = lane() < part.samples ? RowsHere(*part.table).place_of(ids[part.table->id_offset + part.first_sample + lane()]) : -1;
    int groups = WARP_LANES / group_lanes;
    int group = lane() / group_lanes;
    int group_column = lane() % group_lanes * V;
    for (int first = 0; first < WARP_LANES; first += groups * ROWS_AT_ONCE) {
        const float* source[ROWS_AT_ONCE];
        bool is_sample[ROWS_AT_ONCE];
        bool is_here[ROWS_AT_ONCE];
#pragma unroll
        for (int k = 0; k < ROWS_AT_ONCE; k++) {
            int sample = first + k * groups + group;
            int row = __shfl_sync(ALL_LANES, own_row, sample % WARP_LANES);
            source[k] = rows + static_cast<long long>(row) * dimension;
            is_sample[k] = sample < part.samples;
            is_here[k] = is_sample[k] && row >= 0;
        }
        for (int column = group_column; column < dimension; column += group_lanes * V) {
            Floats<V> values[ROWS_AT_ONCE];
#pragma unroll
            for (int k = 0; k < ROWS_AT_ONCE; k++) {
                values[k] = is_here[k] ? load<V>(source[k] + column) : nothing<V>();
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
    const RowsHere here(*part.table);
    int groups = WARP_LANES / group_lanes;
    int group_column = lane() % group_lanes * V;
    for (int sample = lane() / group_lanes; sample < part.samples; sample += groups) {
        const int* sample_ids = ids + part.table->id_offset + (part.first_sample + sample) * hotness;
        T* target = output + (part.first_sample + sample) * row_stride + part.table->column_offset;
        for (int column = group_column; column < dimension; column += group_lanes * V) {
            Floats<V> sum = nothing<V>();
            for (int first = 0; first < hotness; first += ROWS_AT_ONCE) {
                int row[ROWS_AT_ONCE];
                Floats<V> values[ROWS_AT_ONCE];
#pragma unroll
                for (int k = 0; k < ROWS_AT_ONCE; k++) {
                    row[k] = first + k < hotness ? here.place_of(sample_ids[first + k]) : -1;
                }
#pragma unroll
                for (int k = 0; k < ROWS_AT_ONCE; k++) {
                    if (row[k] >= 0) {
                        values[k] = load<V>(rows + static_cast<long long>(row[k]) * dimension + column);
                    }
                }
#pragma unroll
                for (int k = 0; k < ROWS_AT_ONCE; k++) {
                    if (row[k] >= 0) {
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
