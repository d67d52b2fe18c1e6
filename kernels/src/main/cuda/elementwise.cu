// What surrounds matrix products where their library has no epilogue for it: the way back through a ReLU, and bias gradients (crosscut.kernels.gemm).
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

// Blocks are numbered through the strips first: neighbours read neighbouring columns. sums is (blocks of rows, columns).
template <typename T, int N>
__device__ __forceinline__ void column_sums(const T* values, long long stride, long long rows, int columns, float* sums) {
    __shared__ float partial[SUM_LANES][WARP_LANES * N];
    int strips = (columns + WARP_LANES * N - 1) / (WARP_LANES * N);
    long long row_block = blockIdx.x / strips;
    int in_strip = lane() * N;
    int column = static_cast<int>(blockIdx.x % strips) * WARP_LANES * N + in_strip;
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
#pragma unroll
            for (int i = 0; i < N; i++) {
                sum[i] += value[i];
            }
        }
    }
#pragma unroll
    for (int i = 0; i < N; i++) {
        partial[row_lane][in_strip + i] = sum[i];
    }
    __syncthreads();
#pragma unroll
    for (int half = SUM_LANES / 2; half > 0; half /= 2) {
        if (row_lane < half) {
#pragma unroll
            for (int i = 0; i < N; i++) {
                partial[row_lane][in_strip + i] += partial[row_lane + half][in_strip + i];
            }
        }
        __syncthreads();
    }
    if (row_lane == 0 && column < columns) {
#pragma unroll
        for (int i = 0; i < N; i++) {
            sums[row_block * columns + column + i] = partial[0][in_strip + i];
        }
    }
}

#define RELU_MASK(name, T, N)                                                                                                                   \
    extern "C" __global__ void __launch_bounds__(PIECE_THREADS) name(                                                                           \
            const T* output, long long output_stride, T* gradient, long long gradient_stride, long long rows, long long columns) {              \
        relu_mask<T, N>(output, output_stride, gradient, gradient_stride, rows, columns);                                                       \
    }

#define COLUMN_SUMS(name, T, N)                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(SUM_LANES * WARP_LANES) name(                                                                  \
            const T* values, long long stride, long long rows, int columns, float* sums) {                                                      \
        column_sums<T, N>(values, stride, rows, columns, sums);                                                                                 \
    }

#define WIDE_AND_SINGLE(name, T)                          \
    RELU_MASK(relu_mask_wide_##name, T, WIDE<T>)          \
    RELU_MASK(relu_mask_single_##name, T, 1)              \
    COLUMN_SUMS(column_sums_wide_##name, T, WIDE<T>)      \
    COLUMN_SUMS(column_sums_single_##name, T, 1)

WIDE_AND_SINGLE(f32, float)
WIDE_AND_SINGLE(bf16, bfloat16)
WIDE_AND_SINGLE(f16, float16)
