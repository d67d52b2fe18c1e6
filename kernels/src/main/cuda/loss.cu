// Binary cross entropy from logits (crosscut.kernels.loss.LossOperations). Losses and sums are double, as on the CPU.
#include "pieces.cuh"

// Samples of one block.
constexpr int LOSS_BLOCK_SAMPLES = 1024;

template <typename T>
__device__ __forceinline__ void cross_entropy(
        const T* logits, long long logit_stride, const float* labels, long long samples, double global_batch, const float* loss_scale, T* gradient,
        long long gradient_stride, double* sums) {
    long long first = static_cast<long long>(blockIdx.x) * LOSS_BLOCK_SAMPLES + threadIdx.x;
    double factor = (loss_scale == nullptr ? 1.0 : static_cast<double>(*loss_scale)) / global_batch;
    double sum = 0;
#pragma unroll 1
    for (int index = 0; index < LOSS_BLOCK_SAMPLES; index += PIECE_THREADS) {
        long long sample = first + index;
        if (sample < samples) {
            double logit = to_float(logits[sample * logit_stride]);
            double label = labels[sample];
            // exp(-|z|) cannot overflow, and both the loss and the sigmoid follow from it without cancellation.
            double tail = exp(-fabs(logit));
            // Not fmax, which would lose a NaN: a diverging model must show.
            sum += (logit < 0 ? 0 : logit) - logit * label + log1p(tail);
            if (gradient != nullptr) {
                double probability = (logit >= 0 ? 1 : tail) / (1 + tail);
                gradient[sample * gradient_stride] = from_float<T>(static_cast<float>(factor * (probability - label)));
            }
        }
    }
    sum = block_sum<PIECE_THREADS>(sum);
    if (threadIdx.x == 0) {
        sums[blockIdx.x] = sum;
    }
}

// One block.
extern "C" __global__ void __launch_bounds__(PIECE_THREADS) mean_loss(const double* sums, int count, double global_batch, float* loss) {
    double sum = sum_of<PIECE_THREADS>(sums, count);
    if (threadIdx.x == 0) {
        *loss = static_cast<float>(sum / global_batch);
    }
}

#define CROSS_ENTROPY(name, T)                                                                                                                  \
    extern "C" __global__ void __launch_bounds__(PIECE_THREADS) name(                                                                           \
            const T* logits, long long logit_stride, const float* labels, long long samples, double global_batch, const float* loss_scale,      \
            T* gradient, long long gradient_stride, double* sums) {                                                                             \
        cross_entropy<T>(logits, logit_stride, labels, samples, global_batch, loss_scale, gradient, gradient_stride, sums);                     \
    }

FOR_EACH_TYPE(CROSS_ENTROPY, cross_entropy)
