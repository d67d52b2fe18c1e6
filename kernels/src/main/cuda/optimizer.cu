// Dense updates, casts and the loss scale (crosscut.kernels.optimizer.OptimizerOperations).
#include "overflow.cuh"
#include "pieces.cuh"
#include "update_rule.cuh"

// Four fp32 numbers take 16 bytes.
constexpr int WIDE_UPDATE = 4;

// Stands for the copy in compute precision where there is none.
struct NoCopy {};

template <typename Copy, int N>
__device__ __forceinline__ void write_copy(Copy* copy, long long at, const Floats<N>& weights) {
    store(copy + at, weights);
}

template <int N>
__device__ __forceinline__ void write_copy(NoCopy*, long long, const Floats<N>&) {
}

// The arrays of one optimizer; moments are null for SGD.
template <typename Copy>
struct Parameters {
    float* weights;
    const float* gradients;
    float* first_moments;
    float* second_moments;
    Copy* copy;
};

template <typename Copy, int N>
__device__ __forceinline__ void update_adam(const Parameters<Copy>& parameters, const AdamRule& rule, float step_size, float gradient_scale, long long at) {
    Floats<N> gradient = load<N>(parameters.gradients + at);
    Floats<N> weight = load<N>(parameters.weights + at);
    Floats<N> first = load<N>(parameters.first_moments + at);
    Floats<N> second = load<N>(parameters.second_moments + at);
#pragma unroll
    for (int i = 0; i < N; i++) {
        adam(rule, step_size, __fmul_rn(gradient[i], gradient_scale), weight[i], first[i], second[i]);
    }
    store(parameters.weights + at, weight);
    store(parameters.first_moments + at, first);
    store(parameters.second_moments + at, second);
    write_copy(parameters.copy, at, weight);
}

template <typename Copy, int N>
__device__ __forceinline__ void update_sgd(const Parameters<Copy>& parameters, float step_size, float gradient_scale, long long at) {
    Floats<N> gradient = load<N>(parameters.gradients + at);
    Floats<N> weight = load<N>(parameters.weights + at);
#pragma unroll
    for (int i = 0; i < N; i++) {
        gradient_descent(step_size, __fmul_rn(gradient[i], gradient_scale), weight[i]);
    }
    store(parameters.weights + at, weight);
    write_copy(parameters.copy, at, weight);
}

// A thread updates N neighbours; the last one what is left of them.
template <typename Copy, int N>
__device__ __forceinline__ void adam_step(const Parameters<Copy>& parameters, const AdamRule& rule, const float* step, long long count) {
    long long at = grid_thread() * N;
    if (at >= count || step[SKIP] != 0) {
        return;
    }
    float step_size = step[STEP_SIZE];
    float gradient_scale = step[GRADIENT_SCALE];
    if (at + N <= count) {
        update_adam<Copy, N>(parameters, rule, step_size, gradient_scale, at);
        return;
    }
#pragma unroll 1
    for (; at < count; at++) {
        update_adam<Copy, 1>(parameters, rule, step_size, gradient_scale, at);
    }
}

template <typename Copy, int N>
__device__ __forceinline__ void sgd_step(const Parameters<Copy>& parameters, const float* step, long long count) {
    long long at = grid_thread() * N;
    if (at >= count || step[SKIP] != 0) {
        return;
    }
    float step_size = step[STEP_SIZE];
    float gradient_scale = step[GRADIENT_SCALE];
    if (at + N <= count) {
        update_sgd<Copy, N>(parameters, step_size, gradient_scale, at);
        return;
    }
#pragma unroll 1
    for (; at < count; at++) {
        update_sgd<Copy, 1>(parameters, step_size, gradient_scale, at);
    }
}

template <typename Source, typename Target, int N>
__device__ __forceinline__ void cast(
        const Source* source, long long source_stride, Target* target, long long target_stride, long long rows, long long columns) {
    Piece piece;
    if (find_piece<N>(rows, columns, piece)) {
        store(target + piece.in(target_stride), load<N>(source + piece.in(source_stride)));
    }
}

// Further indices in the state of the loss scale.
constexpr int SCALE = 0;
constexpr int GOOD_STEPS = 2;
constexpr int SKIPPED_STEPS = 3;

template <typename T, int N>
__device__ __forceinline__ void check_finite(const T* values, long long stride, long long rows, long long columns, float* loss_scale) {
    Piece piece;
    if (!find_piece<N>(rows, columns, piece)) {
        return;
    }
    if (!fits<T, N>(load<N>(values + piece.in(stride)))) {
        mark_overflow(loss_scale);
    }
}

// One thread. good_steps is 0 for a scale that never moves.
extern "C" __global__ void adjust_loss_scale(float* loss_scale, float* step, int good_steps) {
    float scale = loss_scale[SCALE];
    bool overflow = loss_scale[OVERFLOW_MARK] != 0;
    step[GRADIENT_SCALE] = __fdiv_rn(1.0f, scale);
    step[SKIP] = overflow ? 1.0f : 0.0f;
    loss_scale[OVERFLOW_MARK] = 0;
    if (overflow) {
        loss_scale[SKIPPED_STEPS] += 1;
    }
    if (good_steps == 0) {
        return;
    }
    float good = overflow ? 0 : loss_scale[GOOD_STEPS] + 1;
    if (overflow) {
        loss_scale[SCALE] = fmaxf(scale / 2, 1);
    } else if (good >= good_steps) {
        good = 0;
        loss_scale[SCALE] = isfinite(scale * 2) ? scale * 2 : scale;
    }
    loss_scale[GOOD_STEPS] = good;
}

// One block sums the squares of so many numbers.
constexpr int NORM_BLOCK_VALUES = 16384;

extern "C" __global__ void __launch_bounds__(PIECE_THREADS) sum_squares(const float* values, long long count, double* sums) {
    long long first = static_cast<long long>(blockIdx.x) * NORM_BLOCK_VALUES + threadIdx.x;
    double sum = 0;
#pragma unroll 8
    for (int index = 0; index < NORM_BLOCK_VALUES; index += PIECE_THREADS) {
        double value = first + index < count ? values[first + index] : 0.0f;
        sum += value * value;
    }
    sum = block_sum<PIECE_THREADS>(sum);
    if (threadIdx.x == 0) {
        sums[blockIdx.x] = sum;
    }
}

// One block.
extern "C" __global__ void __launch_bounds__(PIECE_THREADS) gradient_norm(const double* sums, int count, const float* step, float* norm) {
    double sum = sum_of<PIECE_THREADS>(sums, count);
    if (threadIdx.x == 0) {
        *norm = static_cast<float>(step[GRADIENT_SCALE] * sqrt(sum));
    }
}

#define ADAM(name, COPY, N)                                                                                                                     \
    extern "C" __global__ void __launch_bounds__(PIECE_THREADS) name(                                                                           \
            float* weights, const float* gradients, float* first_moments, float* second_moments, COPY* copy, const float* step,                 \
            float first_weight, float second_weight, float epsilon, long long count) {                                                          \
        adam_step<COPY, N>(                                                                                                                     \
                Parameters<COPY>{weights, gradients, first_moments, second_moments, copy}, AdamRule{first_weight, second_weight, epsilon}, step, \
                count);                                                                                                                         \
    }

#define SGD(name, COPY, N)                                                                                                                      \
    extern "C" __global__ void __launch_bounds__(PIECE_THREADS) name(                                                                           \
            float* weights, const float* gradients, COPY* copy, const float* step, long long count) {                                           \
        sgd_step<COPY, N>(Parameters<COPY>{weights, gradients, nullptr, nullptr, copy}, step, count);                                           \
    }

#define UPDATES(name, COPY)                  \
    ADAM(adam_wide_##name, COPY, WIDE_UPDATE) \
    ADAM(adam_single_##name, COPY, 1)        \
    SGD(sgd_wide_##name, COPY, WIDE_UPDATE)  \
    SGD(sgd_single_##name, COPY, 1)

UPDATES(none, NoCopy)
UPDATES(bf16, bfloat16)
UPDATES(f16, float16)

#define CAST(name, SOURCE, TARGET, N)                                                                                                           \
    extern "C" __global__ void __launch_bounds__(PIECE_THREADS) name(                                                                           \
            const SOURCE* source, long long source_stride, TARGET* target, long long target_stride, long long rows, long long columns) {        \
        cast<SOURCE, TARGET, N>(source, source_stride, target, target_stride, rows, columns);                                                   \
    }

// Eight 16-bit numbers take 16 bytes; fp32 beside them moves in two accesses.
#define CASTS(name, SOURCE, TARGET)           \
    CAST(cast_wide_##name, SOURCE, TARGET, 8) \
    CAST(cast_single_##name, SOURCE, TARGET, 1)

CASTS(f32_bf16, float, bfloat16)
CASTS(f32_f16, float, float16)
CASTS(bf16_f32, bfloat16, float)
CASTS(f16_f32, float16, float)
CASTS(bf16_f16, bfloat16, float16)
CASTS(f16_bf16, float16, bfloat16)

#define CHECK_FINITE(name, T, N)                                                                                                                \
    extern "C" __global__ void __launch_bounds__(PIECE_THREADS) name(                                                                           \
            const T* values, long long stride, long long rows, long long columns, float* loss_scale) {                                          \
        check_finite<T, N>(values, stride, rows, columns, loss_scale);                                                                          \
    }

#define CHECKS(name, T)                                   \
    CHECK_FINITE(check_finite_wide_##name, T, WIDE<T>)    \
    CHECK_FINITE(check_finite_single_##name, T, 1)

CHECKS(f32, float)
CHECKS(bf16, bfloat16)
CHECKS(f16, float16)
