// What the kernels of embedding tables share. CudaTables.java lays out the structures.
#pragma once

#include "common.cuh"

// One table. Arrays of tables end with one more whose first... fields are the totals.
struct Table {
    // Floats from the start of weights and moments to the first row that is here.
    long long element_offset;
    // Where its ids start in the decoded ids.
    long long id_offset;
    long long column_offset;
    long long dimension;
    long long hotness;
    // What a sum over the ids of a sample is divided by.
    long long divisor;
    // Not 0 when every row starts at a multiple of 16 bytes, here and in the activations.
    long long has_vectors;
    // The rows that are here, at most 2^31: ids of others count as nothing.
    long long first_row;
    long long rows;
    // Number of its first pair of id and position, chunk of pairs, group of chunks.
    long long first_pair;
    long long first_chunk;
    long long first_group;
    // The key of id 0 in the sort: rows of the tables before it that are sorted together with it.
    long long first_key;
};

// A key and a position in (batch, hotness) order of its table.
using Pair = unsigned long long;

__device__ __forceinline__ Pair pair_of(unsigned key, unsigned position) {
    return static_cast<Pair>(key) << 32 | position;
}

__device__ __forceinline__ unsigned key_of(Pair pair) {
    return static_cast<unsigned>(pair >> 32);
}

__device__ __forceinline__ unsigned position_of(Pair pair) {
    return static_cast<unsigned>(pair);
}

// The table that an index belongs to: the last one of those whose first index is not above it.
template <long long Table::* First>
__device__ __forceinline__ int table_at(const Table* tables, int count, long long index) {
    int low = 0;
    int high = count;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (tables[middle].*First <= index) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}
