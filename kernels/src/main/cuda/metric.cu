// Counts of scores (crosscut.kernels.metric.MetricOperations). Whole numbers may be added in any order.
#include "common.cuh"

constexpr int METRIC_THREADS = 256;

template <typename T>
__device__ __forceinline__ void count_scores(
        const T* logits, long long logit_stride, const float* labels, long long samples, int thresholds, unsigned long long* counts) {
    long long sample = grid_thread();
    if (sample >= samples) {
        return;
    }
    float logit = to_float(logits[sample * logit_stride]);
    int counter = 2 * thresholds;
    if (logit == logit) {
        // The fp32 sigmoid from a double exp, as crosscut.kernels.metric.ThresholdAuc defines it.
        float probability = static_cast<float>(1 / (1 + exp(-static_cast<double>(logit))));
        int bucket = max(static_cast<int>(ceilf(__fmul_rn(probability, static_cast<float>(thresholds - 1)))) - 1, 0);
        counter = labels[sample] != 0 ? thresholds + bucket : bucket;
    }
    atomicAdd(counts + counter, 1ULL);
}

#define COUNT_SCORES(name, T)                                                                                                                   \
    extern "C" __global__ void __launch_bounds__(METRIC_THREADS) name(                                                                          \
            const T* logits, long long logit_stride, const float* labels, long long samples, int thresholds, unsigned long long* counts) {      \
        count_scores<T>(logits, logit_stride, labels, samples, thresholds, counts);                                                             \
    }

FOR_EACH_TYPE(COUNT_SCORES, count_scores)
