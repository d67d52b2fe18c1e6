// What surrounds matrix products where their library has no epilogue for it, the way back through a ReLU and bias gradients, and products with a single
// column, which are no work for tensor cores (crosscut.kernels.gemm).
#include "pieces.cuh"

// gradient = output > 0 ? gradient : 0
template <typename T, int N>
__device__ __forceinline__ void relu_mask(
        const T* output, long long output_stride, T* gradient, long long gradient_stride, long long rows, long long columns) {
    Piece piece;
    if (!find_piece<N>(rows, columns, piece)) {
        return;
    }
    Floats<N> gate = load<N>(output + piece.in(output_stride));
    Floats<N> value = load<N>(gradient + piece.in(gradient_stride));
#pragma unroll
    for (int i = 0; i < N; i++) {
        value[i] = gate[i] > 0 ? value[i] : 0.0f;
    }
    store(gradient + piece.in(gradient_stride), value);
}

// A block sums so many rows of a strip of columns: every one of SUM_LANES rows of threads adds up each SUM_LANES-th row, and these sums meet in a tree.
constexpr int SUM_LANES = 8;
constexpr int SUM_BLOCK_ROWS = 256;

// Sums values, times the factor of their row where factors is not null. Blocks are numbered through the strips first: neighbours read neighbouring columns.
// sums is (blocks of rows, columns).
template <typename T, int N>
__device__ __forceinline__ void column_sums(
        const T* values, long long stride, const T* factors, long long factor_stride, long long rows, int columns, float* sums) {
    int strips = (columns + WARP_LANES * N - 1) / (WARP_LANES * N);
    long long row_block = blockIdx.x / strips;
    int column = (static_cast<int>(blockIdx.x % strips) * WARP_LANES + lane()) * N;
    int row_lane = threadIdx.x / WARP_LANES;
    Floats<N> sum;
#pragma unroll
    for (int i = 0; i < N; i++) {
        sum[i] = 0;
    }
    if (column < columns) {
        long long first = row_block * SUM_BLOCK_ROWS;
        long long end = min(first + SUM_BLOCK_ROWS, rows);
#pragma unroll 4
        for (long long row = first + row_lane; row < end; row += SUM_LANES) {
            Floats<N> value = load<N>(values + row * stride + column);
            float factor = factors == nullptr ? 1.0f : to_float(factors[row * factor_stride]);
#pragma unroll
            for (int i = 0; i < N; i++) {
                sum[i] += factor * value[i];
            }
        }
    }
    sum = strided_sums<SUM_LANES * WARP_LANES, WARP_LANES>(sum);
    if (row_lane == 0 && column < columns) {
#pragma unroll
        for (int i = 0; i < N; i++) {
            sums[row_block * columns + column + i] = sum[i];
        }
    }
}

// y = x w + bias, and no less than 0 if a ReLU follows. A warp takes a row of x; w is (width, 1) without gaps.
template <typename T, int N>
__device__ __forceinline__ void dot(
        const T* x, long long x_stride, const T* w, const float* bias, bool relu, T* y, long long y_stride, long long rows, int width) {
    long long row = grid_thread() / WARP_LANES;
    if (row >= rows) {
        return;
    }
    const T* values = x + row * x_stride;
    float sum = 0;
    int whole = width / N * N;
#pragma unroll 2
    for (int column = lane() * N; column < whole; column += WARP_LANES * N) {
        Floats<N> value = load<N>(values + column);
        Floats<N> weight = load<N>(w + column);
#pragma unroll
        for (int i = 0; i < N; i++) {
            sum += value[i] * weight[i];
        }
    }
    if (whole + lane() < width) {
        sum += to_float(values[whole + lane()]) * to_float(w[whole + lane()]);
    }
#pragma unroll
    for (int half = WARP_LANES / 2; half > 0; half /= 2) {
        sum += __shfl_xor_sync(ALL_LANES, sum, half);
    }
    if (lane() == 0) {
        float result = bias == nullptr ? sum : sum + *bias;
        y[row * y_stride] = from_float<T>(relu && result < 0 ? 0.0f : result);
    }
}

// dx = (dy w^T + residual) * (output > 0); residual and output may be null. w is (width, 1) without gaps.
template <typename T, int N>
__device__ __forceinline__ void outer(
        const T* dy, long long dy_stride, const T* w, const T* residual, long long residual_stride, const T* output, long long output_stride, T* dx,
        long long dx_stride, long long rows, long long columns) {
    Piece piece;
    if (!find_piece<N>(rows, columns, piece)) {
        return;
    }
    float factor = to_float(dy[piece.row * dy_stride]);
    Floats<N> result = load<N>(w + piece.column);
#pragma unroll
    for (int i = 0; i < N; i++) {
        result[i] *= factor;
    }
    if (residual != nullptr) {
        Floats<N> other = load<N>(residual + piece.in(residual_stride));
#pragma unroll
        for (int i = 0; i < N; i++) {
            result[i] += other[i];
        }
    }
    if (output != nullptr) {
        Floats<N> gate = load<N>(output + piece.in(output_stride));
#pragma unroll
        for (int i = 0; i < N; i++) {
            result[i] = gate[i] > 0 ? result[i] : 0.0f;
        }
    }
    store(dx + piece.in(dx_stride), result);
}

#define DOT(name, T, N)                                                                                                                         \
    extern "C" __global__ void __launch_bounds__(PIECE_THREADS) name(                                                                           \
            const T* x, long long x_stride, const T* w, const float* bias, int relu, T* y, long long y_stride, long long rows, int width) {     \
        dot<T, N>(x, x_stride, w, bias, relu != 0, y, y_stride, rows, width);                                                                   \
    }

#define OUTER(name, T, N)                                                                                                                       \
    extern "C" __global__ void __launch_bounds__(PIECE_THREADS) name(                                                                           \
            const T* dy, long long dy_stride, const T* w, const T* residual, long long residual_stride, const T* output,                        \
            long long output_stride, T* dx, long long dx_stride, long long rows, long long columns) {                                           \
        outer<T, N>(dy, dy_stride, w, residual, residual_stride, output, output_stride, dx, dx_stride, rows, columns);                          \
    }

#define RELU_MASK(name, T, N)                                                                                                                   \
    extern "C" __global__ void __launch_bounds__(PIECE_THREADS) name(                                                                           \
            const T* output, long long output_stride, T* gradient, long long gradient_stride, long long rows, long long columns) {              \
        relu_mask<T, N>(output, output_stride, gradient, gradient_stride, rows, columns);                                                       \
    }

#define COLUMN_SUMS(name, T, N)                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(SUM_LANES * WARP_LANES) name(                                                                  \
            const T* values, long long stride, const T* factors, long long factor_stride, long long rows, int columns, float* sums) {           \
        column_sums<T, N>(values, stride, factors, factor_stride, rows, columns, sums);                                                         \
    }

#define WIDE_AND_SINGLE(name, T)                          \
    RELU_MASK(relu_mask_wide_##name, T, WIDE<T>)          \
    RELU_MASK(relu_mask_single_##name, T, 1)              \
    COLUMN_SUMS(column_sums_wide_##name, T, WIDE<T>)      \
    COLUMN_SUMS(column_sums_single_##name, T, 1)          \
    DOT(dot_wide_##name, T, WIDE<T>)                      \
    DOT(dot_single_##name, T, 1)                          \
    OUTER(outer_wide_##name, T, WIDE<T>)                  \
    OUTER(outer_single_##name, T, 1)

WIDE_AND_SINGLE(f32, float)
WIDE_AND_SINGLE(bf16, bfloat16)
WIDE_AND_SINGLE(f16, float16)
