// Segment reduce and row-wise optimizer. Three passes over ever fewer sums:
//
//     chunk   CHUNK_PAIRS sorted pairs: adds the gradients of every run of equal keys. A run inside the chunk updates its row at once.
//     group   GROUP_CHUNKS chunks: adds the sums of runs that cross chunks. A run inside the group updates its row.
//     rest    adds the sums of runs that cross groups, and updates their rows.
//
// A stretch of pairs, chunk or group, leaves up to two sums: of the run that goes on from the stretch before, and of the run that starts here and goes on
// in the next. The order of additions follows from the sorted keys alone, and every row is updated by exactly one group of lanes: no atomics, same bits always.
// Pairs of ids whose rows are elsewhere are passed over but keep their places, so that a row gets the same bits whoever has its neighbours.
#pragma once

#include "embedding.cuh"
#include "update_rule.cuh"

constexpr int UPDATE_THREADS = 256;
constexpr int CHUNK_PAIRS = 32;
constexpr int GROUP_CHUNKS = WARP_LANES;
constexpr int GROUP_PAIRS = CHUNK_PAIRS * GROUP_CHUNKS;
constexpr int GRADIENTS_AT_ONCE = 4;
constexpr int SUMS_AT_ONCE = 4;

struct Parameters {
    float* weights;
    // Null for gradient descent.
    float* first_moments;
    float* second_moments;
    const float* step;
    AdamRule rule;

    template <int V>
    __device__ __forceinline__ void update(long long element, const Floats<V>& sum, float divisor) const {
        float step_size = step[STEP_SIZE];
        float factor = __fdiv_rn(step[GRADIENT_SCALE], divisor);
        Floats<V> weight = load<V>(weights + element);
        if (first_moments == nullptr) {
#pragma unroll
            for (int k = 0; k < V; k++) {
                gradient_descent(step_size, __fmul_rn(sum[k], factor), weight[k]);
            }
        } else {
            Floats<V> first = load<V>(first_moments + element);
            Floats<V> second = load<V>(second_moments + element);
#pragma unroll
            for (int k = 0; k < V; k++) {
                adam(rule, step_size, __fmul_rn(sum[k], factor), weight[k], first[k], second[k]);
            }
            store<V>(first_moments + element, first);
            store<V>(second_moments + element, second);
        }
        store<V>(weights + element, weight);
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

// Whether the row of a key is below, among (0) or above those that are here.
__device__ __forceinline__ int side_of(const Table& table, unsigned key) {
    long long row = key - table.first_key - table.first_row;
    return row < 0 ? -1 : row < table.rows ? 0 : 1;
}

// The first of some sorted pairs that is on this side or beyond it.
__device__ __forceinline__ long long first_on_side(const Pair* pairs, const Table& table, long long first, long long end, int side) {
    while (first < end) {
        long long middle = (first + end) / 2;
        if (side_of(table, key_of(pairs[middle])) < side) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return first;
}

// Takes pairs off both ends until only those are left whose rows are here.
__device__ __forceinline__ void keep_rows_here(const Pair* pairs, const Table& table, long long& first, long long& end) {
    if (side_of(table, key_of(pairs[first])) != 0 || side_of(table, key_of(pairs[end - 1])) != 0) {
        first = first_on_side(pairs, table, first, end, 0);
        end = first_on_side(pairs, table, first, end, 1);
    }
}

// How the runs at both ends of a stretch of one table's pairs go on.
struct Ends {
    bool continues_before;
    bool continues_after;
    // One run from before to after.
    bool is_through;

    __device__ __forceinline__ Ends(const Pair* pairs, const Table& table, long long first, long long end) {
        long long table_end = (&table)[1].first_pair;
        unsigned first_key = key_of(pairs[first]);
        unsigned last_key = key_of(pairs[end - 1]);
        continues_before = first > table.first_pair && key_of(pairs[first - 1]) == first_key;
        continues_after = end < table_end && key_of(pairs[end]) == last_key;
        is_through = continues_before && continues_after && first_key == last_key;
    }

    // Whether the stretch leaves the sum of a run that starts in it.
    __device__ __forceinline__ bool leaves_started() const {
        return continues_after && !is_through;
    }
};

__device__ __forceinline__ long long row_element(const Table& table, unsigned key) {
    return table.element_offset + (key - table.first_key - table.first_row) * table.dimension;
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
        const Table& table, long long chunk, const Pair* __restrict__ pairs, const T* __restrict__ gradient, long long row_stride, Sums sums,
        const Parameters& parameters, int group_lanes) {
    long long first = table.first_pair + (chunk - table.first_chunk) * CHUNK_PAIRS;
    long long end = min(first + CHUNK_PAIRS, (&table)[1].first_pair);
    keep_rows_here(pairs, table, first, end);
    if (first == end) {
        return;
    }
    int count = static_cast<int>(end - first);
    int dimension = static_cast<int>(table.dimension);
    unsigned hotness = static_cast<unsigned>(table.hotness);
    float divisor = static_cast<float>(table.divisor);
    const Ends ends(pairs, table, first, end);
    pairs += first;
    gradient += table.column_offset;
    for (int column = threadIdx.x % group_lanes * V; column < dimension; column += group_lanes * V) {
        unsigned key = key_of(pairs[0]);
        bool is_continued = ends.continues_before;
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
                    values[k] = load<V>(gradient + sample * row_stride + column);
                }
            }
#pragma unroll
            for (int k = 0; k < GRADIENTS_AT_ONCE; k++) {
                if (index + k < count) {
                    if (keys[k] != key) {
                        if (is_continued) {
                            store<V>(sums.continued(chunk) + column, sum);
                        } else {
                            parameters.update<V>(row_element(table, key) + column, sum, divisor);
                        }
                        is_continued = false;
                        key = keys[k];
                        sum = {};
                    }
                    add<V>(sum, values[k]);
                }
            }
        }
        if (is_continued) {
            store<V>(sums.continued(chunk) + column, sum);
        } else if (ends.continues_after) {
            store<V>(sums.started(chunk) + column, sum);
        } else {
            parameters.update<V>(row_element(table, key) + column, sum, divisor);
        }
    }
}

template <typename T>
__device__ __forceinline__ void update_chunks(
        const Table* tables, int table_count, const Pair* pairs, const T* gradient, long long row_stride, Sums sums, const Parameters& parameters,
        int group_lanes) {
    long long chunk = grid_thread() / group_lanes;
    if (parameters.step[SKIP] != 0 || chunk >= tables[table_count].first_chunk) {
        return;
    }
    const Table& table = tables[table_at<&Table::first_chunk>(tables, table_count, chunk)];
    if (table.has_vectors != 0) {
        update_chunk<T, 4>(table, chunk, pairs, gradient, row_stride, sums, parameters, group_lanes);
    } else {
        update_chunk<T, 1>(table, chunk, pairs, gradient, row_stride, sums, parameters, group_lanes);
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
        const Table& table, long long group, long long first_chunk, const Pair* __restrict__ pairs, GroupMasks masks, Sums sums, Sums group_sums,
        const Parameters& parameters) {
    int dimension = static_cast<int>(table.dimension);
    float divisor = static_cast<float>(table.divisor);
    long long first_pair = table.first_pair + (first_chunk - table.first_chunk) * CHUNK_PAIRS;
    for (int column = lane() * V; column < dimension; column += WARP_LANES * V) {
        // The run that is being added goes on from the group before.
        bool is_continued = masks.continued & 1;
        bool is_open = is_continued;
        Floats<V> sum = {};
        for (int first = 0; first < GROUP_CHUNKS; first += SUMS_AT_ONCE) {
            Floats<V> continued[SUMS_AT_ONCE];
            Floats<V> started[SUMS_AT_ONCE];
#pragma unroll
            for (int k = 0; k < SUMS_AT_ONCE; k++) {
                if (masks.continued >> (first + k) & 1) {
                    continued[k] = load<V>(sums.continued(first_chunk + first + k) + column);
                }
                if (masks.started >> (first + k) & 1) {
                    started[k] = load<V>(sums.started(first_chunk + first + k) + column);
                }
            }
#pragma unroll
            for (int k = 0; k < SUMS_AT_ONCE; k++) {
                int chunk = first + k;
                if (masks.continued >> chunk & 1) {
                    add<V>(sum, continued[k]);
                    if (!(masks.through >> chunk & 1)) {
                        if (is_continued) {
                            store<V>(group_sums.continued(group) + column, sum);
                        } else {
                            unsigned key = key_of(pairs[first_pair + chunk * CHUNK_PAIRS]);
                            parameters.update<V>(row_element(table, key) + column, sum, divisor);
                        }
                        is_continued = false;
                        is_open = false;
                    }
                }
                if (masks.started >> chunk & 1) {
                    sum = started[k];
                    is_open = true;
                }
            }
        }
        if (is_open) {
            store<V>((is_continued ? group_sums.continued(group) : group_sums.started(group)) + column, sum);
        }
    }
}

// One warp per group.
__device__ __forceinline__ void update_groups(
        const Table* tables, int table_count, const Pair* pairs, Sums sums, Sums group_sums, const Parameters& parameters) {
    long long group = grid_thread() / WARP_LANES;
    if (parameters.step[SKIP] != 0 || group >= tables[table_count].first_group) {
        return;
    }
    const Table& table = tables[table_at<&Table::first_group>(tables, table_count, group)];
    long long first_chunk = table.first_chunk + (group - table.first_group) * GROUP_CHUNKS;
    long long first = table.first_pair + (first_chunk + lane() - table.first_chunk) * CHUNK_PAIRS;
    long long table_end = (&table)[1].first_pair;
    bool continued = false;
    bool through = false;
    bool started = false;
    if (first < table_end) {
        long long end = min(first + CHUNK_PAIRS, table_end);
        keep_rows_here(pairs, table, first, end);
        if (first < end) {
            const Ends ends(pairs, table, first, end);
            continued = ends.continues_before;
            through = ends.is_through;
            started = ends.leaves_started();
        }
    }
    GroupMasks masks = {__ballot_sync(ALL_LANES, continued), __ballot_sync(ALL_LANES, through), __ballot_sync(ALL_LANES, started)};
    if ((masks.continued | masks.started) == 0) {
        return;
    }
    if (table.has_vectors != 0) {
        update_group<4>(table, group, first_chunk, pairs, masks, sums, group_sums, parameters);
    } else {
        update_group<1>(table, group, first_chunk, pairs, masks, sums, group_sums, parameters);
    }
}

template <int V>
__device__ __forceinline__ void update_rest_of_run(
        const Table& table, long long group, long long end, unsigned key, const Pair* __restrict__ pairs, Sums group_sums, const Parameters& parameters) {
    int dimension = static_cast<int>(table.dimension);
    long long table_end = (&table)[1].first_pair;
    for (int column = lane() * V; column < dimension; column += WARP_LANES * V) {
        Floats<V> sum = load<V>(group_sums.started(group) + column);
        long long next = group + 1;
        for (long long boundary = end; boundary < table_end && key_of(pairs[boundary]) == key; boundary += GROUP_PAIRS) {
            add<V>(sum, load<V>(group_sums.continued(next) + column));
            next++;
        }
        parameters.update<V>(row_element(table, key) + column, sum, static_cast<float>(table.divisor));
    }
}

// One warp per group: the run that starts in it and goes on in the next.
__device__ __forceinline__ void update_rest(const Table* tables, int table_count, const Pair* pairs, Sums group_sums, const Parameters& parameters) {
    long long group = grid_thread() / WARP_LANES;
    if (parameters.step[SKIP] != 0 || group >= tables[table_count].first_group) {
        return;
    }
    const Table& table = tables[table_at<&Table::first_group>(tables, table_count, group)];
    long long first = table.first_pair + (group - table.first_group) * GROUP_PAIRS;
    long long end = min(first + GROUP_PAIRS, (&table)[1].first_pair);
    unsigned key = key_of(pairs[end - 1]);
    if (side_of(table, key) != 0 || !Ends(pairs, table, first, end).leaves_started()) {
        return;
    }
    if (table.has_vectors != 0) {
        update_rest_of_run<4>(table, group, end, key, pairs, group_sums, parameters);
    } else {
        update_rest_of_run<1>(table, group, end, key, pairs, group_sums, parameters);
    }
}
