// How many distinct rows the grouped ids of each table name: the runs of equal keys among its sorted pairs. A block takes a table.
#pragma once

#include "embedding.cuh"
#include "pieces.cuh"

constexpr int COUNTING_THREADS = 256;

__device__ __forceinline__ void count_runs(const Table* tables, const Pair* __restrict__ pairs, int* counts) {
    long long first = tables[blockIdx.x].first_pair;
    long long end = tables[blockIdx.x + 1].first_pair;
    double starts = 0;
    for (long long index = first + threadIdx.x; index < end; index += COUNTING_THREADS) {
        starts += index == first || key_of(pairs[index]) != key_of(pairs[index - 1]);
    }
    double count = block_sum<COUNTING_THREADS>(starts);
    if (threadIdx.x == 0) {
        counts[blockIdx.x] = static_cast<int>(count);
    }
}
