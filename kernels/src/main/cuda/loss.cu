// The last layer of an MLP with its binary cross entropy and their way back (crosscut.kernels.loss.LossOperations). Losses and their sums are double, as on the
// CPU; sums of gradients are fp32.
#include "pieces.cuh"

// A block takes this many samples, so that it finds their inputs in a near cache when it reads them again for the way back.
constexpr int BLOCK_SAMPLES = 64;
constexpr int BLOCK_WARPS = PIECE_THREADS / WARP_LANES;

// Samples whose inputs a warp loads at once.
constexpr int SAMPLES_AT_ONCE = 4;

// Blocks that a multiprocessor is to hold at once: half of its warps.
constexpr int RESIDENT_BLOCKS = 4;

// Columns of sums that a block adds up: neighbours fill one access of 32 bytes.
constexpr int SUM_COLUMNS = 8;

// A warp multiplies neighbouring rows of x by the column w; all rows exist.
template <typename T, int N>
__device__ __forceinline__ void add_products(const T* const (&x)[SAMPLES_AT_ONCE], const T* w, int first, int end, Floats<SAMPLES_AT_ONCE>& sums) {
#pragma unroll 1
    for (int column = first + lane() * N; column < end; column += WARP_LANES * N) {
        Floats<N> weight = load<N>(w + column);
        Floats<N> value[SAMPLES_AT_ONCE];
#pragma unroll
        for (int sample = 0; sample < SAMPLES_AT_ONCE; sample++) {
            value[sample] = load<N>(x[sample] + column);
        }
#pragma unroll
        for (int sample = 0; sample < SAMPLES_AT_ONCE; sample++) {
#pragma unroll
            for (int i = 0; i < N; i++) {
                sums[sample] += value[sample][i] * weight[i];
            }
        }
    }
}

// logits = x w + bias, rounded to T, for the samples of a block; logits are shared, BLOCK_SAMPLES of them.
template <typename T, int N>
__device__ __forceinline__ void find_logits(const T* x, long long x_stride, const T* w, float bias, int samples, int width, float* logits) {
    int whole = width / N * N;
#pragma unroll 1
    for (int first = threadIdx.x / WARP_LANES * SAMPLES_AT_ONCE; first < samples; first += BLOCK_WARPS * SAMPLES_AT_ONCE) {
        const T* rows[SAMPLES_AT_ONCE];
        Floats<SAMPLES_AT_ONCE> sums;
#pragma unroll
        for (int i = 0; i < SAMPLES_AT_ONCE; i++) {
            // What would lie behind the last sample is that one again.
            rows[i] = x + min(first + i, samples - 1) * x_stride;
            sums[i] = 0;
        }
        add_products<T, N>(rows, w, 0, whole, sums);
        if constexpr (N > 1) {
            add_products<T, 1>(rows, w, whole, width, sums);
        }
#pragma unroll
        for (int i = 0; i < SAMPLES_AT_ONCE; i++) {
#pragma unroll
            for (int half = WARP_LANES / 2; half > 0; half /= 2) {
                sums[i] += __shfl_xor_sync(ALL_LANES, sums[i], half);
            }
            if (lane() == 0) {
                logits[first + i] = to_float(from_float<T>(sums[i] + bias));
            }
        }
    }
}

// The loss of one sample, and its gradient for a loss that is multiplied by factor.
__device__ __forceinline__ double cross_entropy(double logit, double label, double factor, float& gradient) {
    // exp(-|z|) cannot overflow, and both the loss and the sigmoid follow from it without cancellation.
    double tail = exp(-fabs(logit));
    double probability = (logit >= 0 ? 1 : tail) / (1 + tail);
    gradient = static_cast<float>(factor * (probability - label));
    // Not fmax, which would lose a NaN: a diverging model must show.
    return (logit < 0 ? 0 : logit) - logit * label + log1p(tail);
}

// dx = gradient w^T, masked by x > 0 where x is a ReLU's output, and the sums of gradient * x, for columns of a block's samples; gradients are shared.
template <typename T, int N>
__device__ __forceinline__ void way_back(
        const T* x, long long x_stride, bool is_relu_output, const T* w, const float* gradients, int samples, int first, int end, T* dx,
        long long dx_stride, float* sums) {
    int warp = threadIdx.x / WARP_LANES;
#pragma unroll 1
    for (int strip = first; strip < end; strip += WARP_LANES * N) {
        int column = strip + lane() * N;
        Floats<N> sum;
#pragma unroll
        for (int i = 0; i < N; i++) {
            sum[i] = 0;
        }
        if (column < end) {
            Floats<N> weight = load<N>(w + column);
#pragma unroll 2
            for (int sample = warp; sample < samples; sample += BLOCK_WARPS) {
                Floats<N> value = load<N>(x + sample * x_stride + column);
                float gradient = gradients[sample];
                Floats<N> result;
#pragma unroll
                for (int i = 0; i < N; i++) {
                    sum[i] += gradient * value[i];
                    result[i] = !is_relu_output || value[i] > 0 ? gradient * weight[i] : 0.0f;
                }
                store(dx + sample * dx_stride + column, result);
            }
        }
        sum = strided_sums<PIECE_THREADS, WARP_LANES>(sum);
        if (warp == 0 && column < end) {
#pragma unroll
            for (int i = 0; i < N; i++) {
                sums[column + i] = sum[i];
            }
        }
    }
}

// All of the layer for the samples of a block. gradient_sums is (blocks, width + 1): the gradient of the weights, then that of the bias; loss_sums has one sum
// per block. w is (width, 1) without gaps.
template <typename T, int N>
__device__ __forceinline__ void last_layer(
        const T* x, long long x_stride, bool is_relu_output, const T* w, const float* bias, const float* labels, double global_batch,
        const float* loss_scale, T* logits, long long logit_stride, T* logit_gradient, long long logit_gradient_stride, T* dx, long long dx_stride,
        long long batch, int width, float* gradient_sums, double* loss_sums) {
    __shared__ float values[BLOCK_SAMPLES];
    long long first = static_cast<long long>(blockIdx.x) * BLOCK_SAMPLES;
    int samples = static_cast<int>(min(batch - first, static_cast<long long>(BLOCK_SAMPLES)));
    x += first * x_stride;
    find_logits<T, N>(x, x_stride, w, *bias, samples, width, values);
    __syncthreads();
    double loss = 0;
    float gradient = 0;
    if (threadIdx.x < samples) {
        double factor = (loss_scale == nullptr ? 1.0 : static_cast<double>(*loss_scale)) / global_batch;
        float logit = values[threadIdx.x];
        loss = cross_entropy(logit, labels[first + threadIdx.x], factor, gradient);
        T rounded = from_float<T>(gradient);
        gradient = to_float(rounded);
        logits[(first + threadIdx.x) * logit_stride] = from_float<T>(logit);
        logit_gradient[(first + threadIdx.x) * logit_gradient_stride] = rounded;
        values[threadIdx.x] = gradient;
    }
    // Its barriers show the gradients to all threads.
    loss = block_sum<PIECE_THREADS>(loss);
    gradient = strided_sums<PIECE_THREADS, 1>(gradient);
    float* sums = gradient_sums + static_cast<long long>(blockIdx.x) * (width + 1);
    if (threadIdx.x == 0) {
        loss_sums[blockIdx.x] = loss;
        sums[width] = gradient;
    }
    int whole = width / N * N;
    dx += first * dx_stride;
    way_back<T, N>(x, x_stride, is_relu_output, w, values, samples, 0, whole, dx, dx_stride, sums);
    if constexpr (N > 1) {
        way_back<T, 1>(x, x_stride, is_relu_output, w, values, samples, whole, width, dx, dx_stride, sums);
    }
}

// Adds what the blocks of last_layer have left: the first block of threads the losses, every other one SUM_COLUMNS columns of gradients.
extern "C" __global__ void __launch_bounds__(PIECE_THREADS) last_layer_sums(
        const float* gradient_sums, const double* loss_sums, int blocks, int width, double global_batch, float* dw, float* db, float* loss) {
    if (blockIdx.x == 0) {
        double sum = sum_of<PIECE_THREADS>(loss_sums, blocks);
        if (threadIdx.x == 0) {
            *loss = static_cast<float>(sum / global_batch);
        }
        return;
    }
    int column = static_cast<int>(blockIdx.x - 1) * SUM_COLUMNS + threadIdx.x % SUM_COLUMNS;
    float sum = 0;
    if (column <= width) {
#pragma unroll 8
        for (int block = threadIdx.x / SUM_COLUMNS; block < blocks; block += PIECE_THREADS / SUM_COLUMNS) {
            sum += gradient_sums[static_cast<long long>(block) * (width + 1) + column];
        }
    }
    sum = strided_sums<PIECE_THREADS, SUM_COLUMNS>(sum);
    if (threadIdx.x < SUM_COLUMNS && column <= width) {
        *(column < width ? dw + column : db) = sum;
    }
}

#define LAST_LAYER(name, T, N)                                                                                                                  \
    extern "C" __global__ void __launch_bounds__(PIECE_THREADS, RESIDENT_BLOCKS) name(                                                          \
            const T* x, long long x_stride, int is_relu_output, const T* w, const float* bias, const float* labels, double global_batch,        \
            const float* loss_scale, T* logits, long long logit_stride, T* logit_gradient, long long logit_gradient_stride, T* dx,              \
            long long dx_stride, long long batch, int width, float* gradient_sums, double* loss_sums) {                                         \
        last_layer<T, N>(x, x_stride, is_relu_output != 0, w, bias, labels, global_batch, loss_scale, logits, logit_stride, logit_gradient,     \
                logit_gradient_stride, dx, dx_stride, batch, width, gradient_sums, loss_sums);                                                  \
    }

#define WIDE_AND_SINGLE(name, T)                   \
    LAST_LAYER(last_layer_wide_##name, T, WIDE<T>) \
    LAST_LAYER(last_layer_single_##name, T, 1)

WIDE_AND_SINGLE(f32, float)
WIDE_AND_SINGLE(bf16, bfloat16)
WIDE_AND_SINGLE(f16, float16)
