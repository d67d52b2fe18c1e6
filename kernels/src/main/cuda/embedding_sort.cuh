// Stable radix sort of (key, position), lowest digit first. A pass counts digits per tile, turns the counts into the place of each tile's first pair of each
// digit, and moves the pairs. The first pass reads ids instead of pairs. What a tile is depends on the number of pairs alone: same ids, same result, always.
#pragma once

#include "embedding.cuh"

constexpr int SORT_THREADS = 256;
constexpr int SORT_WARPS = SORT_THREADS / WARP_LANES;
constexpr int PAIRS_PER_THREAD = 16;
constexpr int WARP_PAIRS = WARP_LANES * PAIRS_PER_THREAD;
constexpr int TILE_PAIRS = SORT_THREADS * PAIRS_PER_THREAD;
constexpr int MOST_DIGIT_BITS = 9;
constexpr int MOST_DIGITS = 1 << MOST_DIGIT_BITS;

// Where the pairs of one sort come from: ids of tables that are sorted together, or what the pass before has left.
struct IdSource {
    const Table* tables;
    int table_count;
    const int* ids;

    __device__ __forceinline__ Pair get(int index) const {
        long long pair = tables[0].first_pair + index;
        const Table& table = tables[table_at<&Table::first_pair>(tables, table_count, pair)];
        long long position = pair - table.first_pair;
        return pair_of(static_cast<unsigned>(table.first_key + ids[table.id_offset + position]), static_cast<unsigned>(position));
    }
};

struct PairSource {
    const Pair* pairs;

    __device__ __forceinline__ Pair get(int index) const {
        return pairs[index];
    }
};

struct Digit {
    int shift;
    int bits;

    __device__ __forceinline__ unsigned of(Pair pair) const {
        return key_of(pair) >> shift & ((1u << bits) - 1);
    }
};

// counts: (digits, tiles).
template <typename Source>
__device__ __forceinline__ void count_digits(Source source, int count, Digit digit, int* counts) {
    __shared__ int buckets[MOST_DIGITS];
    int digits = 1 << digit.bits;
    for (int bucket = threadIdx.x; bucket < digits; bucket += SORT_THREADS) {
        buckets[bucket] = 0;
    }
    __syncthreads();
    int first = blockIdx.x * TILE_PAIRS + threadIdx.x;
#pragma unroll 4
    for (int k = 0; k < PAIRS_PER_THREAD; k++) {
        int index = first + k * SORT_THREADS;
        if (index < count) {
            atomicAdd(&buckets[digit.of(source.get(index))], 1);
        }
    }
    __syncthreads();
    for (int bucket = threadIdx.x; bucket < digits; bucket += SORT_THREADS) {
        counts[bucket * gridDim.x + blockIdx.x] = buckets[bucket];
    }
}

__device__ __forceinline__ int sum_of_lanes_up_to_this(int value) {
#pragma unroll
    for (int distance = 1; distance < WARP_LANES; distance *= 2) {
        int other = __shfl_up_sync(ALL_LANES, value, distance);
        value += lane() >= distance ? other : 0;
    }
    return value;
}

// One warp per digit: counts become the sums of the counts of the tiles before, totals the sums of all.
__device__ __forceinline__ void sum_tiles(int digits, int tiles, int* counts, int* totals) {
    int digit = static_cast<int>(grid_thread() / WARP_LANES);
    if (digit >= digits) {
        return;
    }
    int* row = counts + static_cast<long long>(digit) * tiles;
    int before = 0;
    for (int first = 0; first < tiles; first += WARP_LANES) {
        int tile = first + lane();
        int count = tile < tiles ? row[tile] : 0;
        int up_to_this = sum_of_lanes_up_to_this(count);
        if (tile < tiles) {
            row[tile] = before + up_to_this - count;
        }
        before += __shfl_sync(ALL_LANES, up_to_this, WARP_LANES - 1);
    }
    if (lane() == 0) {
        totals[digit] = before;
    }
}

// The first warp turns the totals of all digits into the place of each digit's first pair.
__device__ __forceinline__ void sum_digits(const int* totals, int digits, int* firsts) {
    if (threadIdx.x < WARP_LANES) {
        int before = 0;
        for (int first = 0; first < digits; first += WARP_LANES) {
            int digit = first + lane();
            int total = digit < digits ? totals[digit] : 0;
            int up_to_this = sum_of_lanes_up_to_this(total);
            if (digit < digits) {
                firsts[digit] = before + up_to_this - total;
            }
            before += __shfl_sync(ALL_LANES, up_to_this, WARP_LANES - 1);
        }
    }
}

// places: what sum_tiles has made of the counts.
template <typename Source>
__device__ __forceinline__ void move_pairs(Source source, int count, Digit digit, const int* places, const int* totals, Pair* target) {
    // First how many pairs of a digit the warp has met so far, then where its first one goes.
    __shared__ int of_warp[SORT_WARPS][MOST_DIGITS];
    __shared__ int firsts[MOST_DIGITS];
    int digits = 1 << digit.bits;
    int warp = threadIdx.x / WARP_LANES;
    for (int bucket = lane(); bucket < digits; bucket += WARP_LANES) {
        of_warp[warp][bucket] = 0;
    }
    sum_digits(totals, digits, firsts);
    __syncwarp();
    Pair pairs[PAIRS_PER_THREAD];
    int ranks[PAIRS_PER_THREAD];
    int first = blockIdx.x * TILE_PAIRS + warp * WARP_PAIRS + lane();
#pragma unroll
    for (int k = 0; k < PAIRS_PER_THREAD; k++) {
        int index = first + k * WARP_LANES;
        pairs[k] = index < count ? source.get(index) : 0;
    }
    unsigned lanes_before = (1u << lane()) - 1;
#pragma unroll
    for (int k = 0; k < PAIRS_PER_THREAD; k++) {
        bool is_pair = first + k * WARP_LANES < count;
        unsigned own = is_pair ? digit.of(pairs[k]) : MOST_DIGITS;
        unsigned equals = __match_any_sync(ALL_LANES, own);
        int before = is_pair ? of_warp[warp][own] : 0;
        ranks[k] = before + __popc(equals & lanes_before);
        __syncwarp();
        if (is_pair && (equals & lanes_before) == 0) {
            of_warp[warp][own] = before + __popc(equals);
        }
        __syncwarp();
    }
    __syncthreads();
    for (int bucket = threadIdx.x; bucket < digits; bucket += SORT_THREADS) {
        int place = firsts[bucket] + places[bucket * gridDim.x + blockIdx.x];
#pragma unroll
        for (int other = 0; other < SORT_WARPS; other++) {
            int met = of_warp[other][bucket];
            of_warp[other][bucket] = place;
            place += met;
        }
    }
    __syncthreads();
#pragma unroll
    for (int k = 0; k < PAIRS_PER_THREAD; k++) {
        if (first + k * WARP_LANES < count) {
            target[of_warp[warp][digit.of(pairs[k])] + ranks[k]] = pairs[k];
        }
    }
}
