// The kernels of embedding tables: gather, sort of ids, segment reduce with the row-wise optimizer.
#include "embedding_gather.cuh"
#include "embedding_sort.cuh"
#include "embedding_update.cuh"

#define GATHER(name, function, T, V)                                                                                                                   \
    extern "C" __global__ void __launch_bounds__(GATHER_THREADS) name(                                                                                 \
            const Table* tables, int tableCount, const float* weights, const int* ids, T* output, long long rowStride, long long batchSize,            \
            int groupLanes) {                                                                                                                          \
        function<T, V>(tables, tableCount, weights, ids, output, rowStride, batchSize, groupLanes);                                                    \
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
        const Table* tables, int tableCount, const int* ids, int count, int shift, int bits, int* counts) {
    count_digits(IdSource{tables, tableCount, ids}, count, Digit{shift, bits}, counts);
}

extern "C" __global__ void __launch_bounds__(SORT_THREADS) count_digits_of_pairs(const Pair* pairs, int count, int shift, int bits, int* counts) {
    count_digits(PairSource{pairs}, count, Digit{shift, bits}, counts);
}

extern "C" __global__ void __launch_bounds__(SORT_THREADS) sum_digits_of_tiles(int digits, int tiles, int* counts, int* totals) {
    sum_tiles(digits, tiles, counts, totals);
}

extern "C" __global__ void __launch_bounds__(SORT_THREADS) move_ids(
        const Table* tables, int tableCount, const int* ids, int count, int shift, int bits, const int* places, const int* totals, Pair* target) {
    move_pairs(IdSource{tables, tableCount, ids}, count, Digit{shift, bits}, places, totals, target);
}

extern "C" __global__ void __launch_bounds__(SORT_THREADS) move_pairs(
        const Pair* pairs, int count, int shift, int bits, const int* places, const int* totals, Pair* target) {
    move_pairs(PairSource{pairs}, count, Digit{shift, bits}, places, totals, target);
}

#define UPDATE_CHUNKS(name, T)                                                                                                                          \
    extern "C" __global__ void __launch_bounds__(UPDATE_THREADS) name(                                                                                 \
            const Table* tables, int tableCount, const Pair* pairs, float* sums, long long width, float* weights, float* firstMoments,                 \
            float* secondMoments, const float* step, float firstWeight, float secondWeight, float epsilon, const T* gradient, long long rowStride,     \
            int groupLanes) {                                                                                                                          \
        Parameters parameters = {weights, firstMoments, secondMoments, step, firstWeight, secondWeight, epsilon};                                      \
        update_chunks<T>(tables, tableCount, pairs, gradient, rowStride, Sums{sums, width}, parameters, groupLanes);                                   \
    }

FOR_EACH_TYPE(UPDATE_CHUNKS, update_chunks)

extern "C" __global__ void __launch_bounds__(UPDATE_THREADS) update_groups(
        const Table* tables, int tableCount, const Pair* pairs, float* sums, long long width, float* weights, float* firstMoments, float* secondMoments,
        const float* step, float firstWeight, float secondWeight, float epsilon, float* groupSums) {
    Parameters parameters = {weights, firstMoments, secondMoments, step, firstWeight, secondWeight, epsilon};
    update_groups(tables, tableCount, pairs, Sums{sums, width}, Sums{groupSums, width}, parameters);
}

extern "C" __global__ void __launch_bounds__(UPDATE_THREADS) update_rest(
        const Table* tables, int tableCount, const Pair* pairs, float* groupSums, long long width, float* weights, float* firstMoments,
        float* secondMoments, const float* step, float firstWeight, float secondWeight, float epsilon) {
    Parameters parameters = {weights, firstMoments, secondMoments, step, firstWeight, secondWeight, epsilon};
    update_rest(tables, tableCount, pairs, Sums{groupSums, width}, parameters);
}
