// Staging: every distinct row that the ids of a batch name is copied once, from memory that is far away, for a gather of the copies. The copy of a row has the
// number of the first of its pairs among the sorted pairs of its table. Places say for every id, in (batch, hotness) order, which copy is its row's.
#pragma once

#include "embedding_gather.cuh"
#include "embedding_update.cuh"

constexpr int STAGING_THREADS = 256;

// A lane takes a pair.
static_assert(CHUNK_PAIRS == WARP_LANES);

// The first of the sorted pairs from first on that has the key of the one at index.
__device__ __forceinline__ long long start_of_run(const Pair* __restrict__ pairs, long long first, long long index) {
    unsigned key = key_of(pairs[index]);
    long long low = first;
    long long high = index;
    while (low < high) {
        long long middle = (low + high) / 2;
        if (key_of(pairs[middle]) == key) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

template <int V>
__device__ __forceinline__ void copy_row(const float* __restrict__ source, float* target, int dimension) {
    for (int column = lane() * V; column < dimension; column += WARP_LANES * V) {
        store<V>(target + column, load<V>(source + column));
    }
}

// A warp takes a chunk of pairs, and together copies the rows of those whose runs start in it.
__device__ __forceinline__ void stage_chunks(
        const Table* tables, const Table* copies, int table_count, const Pair* __restrict__ pairs, const float* __restrict__ weights, float* staged,
        int* places) {
    long long chunk = grid_thread() / WARP_LANES;
    if (chunk >= tables[table_count].first_chunk) {
        return;
    }
    int number = table_at<&Table::first_chunk>(tables, table_count, chunk);
    const Table& table = tables[number];
    const Table& copy = copies[number];
    long long first = table.first_pair + (chunk - table.first_chunk) * CHUNK_PAIRS;
    long long index = first + lane();
    bool is_copied = false;
    int row = -1;
    if (index < (&table)[1].first_pair) {
        Pair pair = pairs[index];
        row = RowsHere(table).place_of(static_cast<int>(key_of(pair) - static_cast<unsigned>(table.first_key)));
        long long start = start_of_run(pairs, table.first_pair, index);
        is_copied = row >= 0 && start == index;
        // What is no copy's number is not here for the gather either.
        places[copy.id_offset + position_of(pair)] = static_cast<int>(row >= 0 ? start - table.first_pair : copy.rows);
    }
    unsigned copied = __ballot_sync(ALL_LANES, is_copied);
#pragma unroll 1
    for (int from = 0; from < CHUNK_PAIRS; from++) {
        long long source_row = __shfl_sync(ALL_LANES, row, from);
        if (copied >> from & 1) {
            const float* source = weights + table.element_offset + source_row * table.dimension;
            float* target = staged + copy.element_offset + (first + from - table.first_pair) * table.dimension;
            int dimension = static_cast<int>(table.dimension);
            if (table.has_vectors != 0) {
                copy_row<4>(source, target, dimension);
            } else {
                copy_row<1>(source, target, dimension);
            }
        }
    }
}
