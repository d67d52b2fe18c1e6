// The kernels of embedding tables: gather, sort of ids, count and staging of distinct rows, segment reduce with the row-wise optimizer.
#include "embedding_gather.cuh"
#include "embedding_rows.cuh"
#include "embedding_sort.cuh"
#include "embedding_staging.cuh"
#include "embedding_update.cuh"

#define GATHER(name, function, T, V) \
    extern "C" __global__ void __launch_bounds__(GATHER_THREADS) name( \
            const Table* tables, int table_count, const float* weights, const int* ids, T* output, long long row_stride, long long batch_size, \
            int group_lanes) { \
        function<T, V>(tables, table_count, weights, ids, output, row_stride, batch_size, group_lanes); \
    }
#define GATHER_SINGLE_1(name, T) GATHER(name, gather_single, T, 1)
#define GATHER_SINGLE_4(name, T) GATHER(name, gather_single, T, 4)
#define GATHER_POOLED_1(name, T) GATHER(name, gather_pooled, T, 1)
#define GATHER_POOLED_4(name, T) GATHER(name, gather_pooled, T, 4)

FOR_EACH_TYPE(GATHER_SINGLE_1, gather_single1)
FOR_EACH_TYPE(GATHER_SINGLE_4, gather_single4)
FOR_EACH_TYPE(GATHER_POOLED_1, gather_pooled1)
FOR_EACH_TYPE(GATHER_POOLED_4, gather_pooled4)

extern "C" __global__ void __launch_bounds__(SORT_THREADS) count_digits_of_ids(
        const Table* tables, int table_count, const int* ids, int count, int shift, int bits, int* counts) {
    count_digits(IdSource{tables, table_count, ids}, count, Digit{shift, bits}, counts);
}

extern "C" __global__ void __launch_bounds__(SORT_THREADS) count_digits_of_pairs(const Pair* pairs, int count, int shift, int bits, int* counts) {
    count_digits(PairSource{pairs}, count, Digit{shift, bits}, counts);
}

extern "C" __global__ void __launch_bounds__(SORT_THREADS) sum_digits_of_tiles(int digits, int tiles, int* counts, int* totals) {
    sum_tiles(digits, tiles, counts, totals);
}

extern "C" __global__ void __launch_bounds__(SORT_THREADS) move_ids(
        const Table* tables, int table_count, const int* ids, int count, int shift, int bits, const int* places, const int* totals, Pair* target) {
    move_pairs(IdSource{tables, table_count, ids}, count, Digit{shift, bits}, places, totals, target);
}

extern "C" __global__ void __launch_bounds__(SORT_THREADS) move_pairs(
        const Pair* pairs, int count, int shift, int bits, const int* places, const int* totals, Pair* target) {
    move_pairs(PairSource{pairs}, count, Digit{shift, bits}, places, totals, target);
}

extern "C" __global__ void __launch_bounds__(COUNTING_THREADS) count_rows(const Table* tables, const Pair* pairs, int* counts) {
    count_runs(tables, pairs, counts);
}

#define UPDATE_CHUNKS(name, T) \
    extern "C" __global__ void __launch_bounds__(UPDATE_THREADS) name( \
            const Table* tables, int table_count, const Pair* pairs, float* sums, long long width, float* weights, float* first_moments, \
            float* second_moments, const float* step, float first_weight, float second_weight, float epsilon, const T* gradient, long long row_stride, \
            int group_lanes) { \
        Parameters parameters = {weights, first_moments, second_moments, step, {first_weight, second_weight, epsilon}}; \
        update_chunks<T>(tables, table_count, pairs, gradient, row_stride, Sums{sums, width}, parameters, group_lanes); \
    }

FOR_EACH_TYPE(UPDATE_CHUNKS, update_chunks)

extern "C" __global__ void __launch_bounds__(UPDATE_THREADS) update_groups(
        const Table* tables, int table_count, const Pair* pairs, float* sums, long long width, float* weights, float* first_moments, float* second_moments,
        const float* step, float first_weight, float second_weight, float epsilon, float* group_sums) {
    Parameters parameters = {weights, first_moments, second_moments, step, {first_weight, second_weight, epsilon}};
    update_groups(tables, table_count, pairs, Sums{sums, width}, Sums{group_sums, width}, parameters);
}

extern "C" __global__ void __launch_bounds__(UPDATE_THREADS) update_rest(
        const Table* tables, int table_count, const Pair* pairs, float* group_sums, long long width, float* weights, float* first_moments,
        float* second_moments, const float* step, float first_weight, float second_weight, float epsilon) {
    Parameters parameters = {weights, first_moments, second_moments, step, {first_weight, second_weight, epsilon}};
    update_rest(tables, table_count, pairs, Sums{group_sums, width}, parameters);
}

extern "C" __global__ void __launch_bounds__(STAGING_THREADS) stage_rows(
        const Table* tables, const Table* copies, int table_count, const Pair* pairs, const float* weights, float* staged, int* places) {
    stage_chunks(tables, copies, table_count, pairs, weights, staged, places);
}
