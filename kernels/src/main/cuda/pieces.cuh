// What elementwise kernels share. A thread treats one piece: neighbouring numbers of one row, 16 bytes of them where tensors are aligned for it ("wide"), one
// number elsewhere ("single"). The host cuts off what is not a whole number of wide pieces and gives it to a launch of the single kernel.
#pragma once

#include "common.cuh"

constexpr int PIECE_THREADS = 256;

template <typename T>
constexpr int WIDE = 16 / static_cast<int>(sizeof(T));

// Where this thread's piece lies in a (rows, columns) matrix; columns is a multiple of the piece's length N.
struct Piece {
    long long row;
    long long column;

    __device__ __forceinline__ long long in(long long stride) const {
        return row * stride + column;
    }
};

// False when there is no piece for this thread.
template <int N>
__device__ __forceinline__ bool find_piece(long long rows, long long columns, Piece& piece) {
    long long index = grid_thread();
    long long pieces_per_row = columns / N;
    if (index >= rows * pieces_per_row) {
        return false;
    }
    piece.row = 0;
    piece.column = index * N;
    // Matrices without gaps come as one row and need no division.
    if (rows > 1) {
        piece.row = index / pieces_per_row;
        piece.column = index % pieces_per_row * N;
    }
    return true;
}

// Reads what nobody writes while the kernel runs, at an address that was itself read from memory: the compiler cannot see that it is global.
template <int N, typename T>
__device__ __forceinline__ Floats<N> load_constant(const T* address) {
    if constexpr (N * sizeof(T) == sizeof(uint4)) {
        uint4 words = __ldg(reinterpret_cast<const uint4*>(address));
        return load<N>(reinterpret_cast<const T*>(&words));
    } else {
        static_assert(N == 1, "16 bytes or one number");
        Floats<1> result;
        if constexpr (sizeof(T) == sizeof(float)) {
            result[0] = __ldg(address);
        } else {
            result[0] = to_float(T{__ldg(&address->bits)});
        }
        return result;
    }
}

template <int N>
__device__ __forceinline__ void operator+=(Floats<N>& sum, const Floats<N>& terms) {
#pragma unroll
    for (int i = 0; i < N; i++) {
        sum[i] += terms[i];
    }
}

// Sums over the threads of a block whose numbers leave one rest when divided by KEPT, by a tree that depends on THREADS and KEPT alone: thread t gets that of
// rest t. All threads of the block call it; what threads from KEPT on get is of no use.
template <int THREADS, int KEPT, typename V>
__device__ __forceinline__ V strided_sums(const V& value) {
    __shared__ V sums[THREADS];
    sums[threadIdx.x] = value;
    __syncthreads();
#pragma unroll
    for (int half = THREADS / 2; half >= KEPT; half /= 2) {
        if (threadIdx.x < half) {
            sums[threadIdx.x] += sums[threadIdx.x + half];
        }
        __syncthreads();
    }
    return sums[threadIdx.x];
}

// The sum of one number per thread, by a tree that depends on the number of threads alone. All threads of the block call it; thread 0 gets the sum.
template <int THREADS>
__device__ __forceinline__ double block_sum(double value) {
    return strided_sums<THREADS, 1>(value);
}

// The sum of an array by one block, in an order that depends on its length alone; thread 0 gets it.
template <int THREADS>
__device__ __forceinline__ double sum_of(const double* values, int count) {
    double sum = 0;
    for (int index = threadIdx.x; index < count; index += THREADS) {
        sum += values[index];
    }
    return block_sum<THREADS>(sum);
}
