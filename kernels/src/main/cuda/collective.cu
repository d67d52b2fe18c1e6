// What exchanges between GPUs need besides the library that moves bytes (crosscut.kernels.collective.NcclCollectives).
#include "pieces.cuh"

// sum = ((term_0 + term_1) + term_2) + ... in the order of ranks, so that every rank and every run gets the same bits. The own term lies in own, those of the
// other ranks follow each other in received. sum may be own.
template <int N>
__device__ __forceinline__ void rank_order_sum(
        const float* own, const float* received, long long received_stride, int ranks, int own_rank, float* sum, long long rows, long long columns) {
    Piece piece;
    if (!find_piece<N>(rows, columns, piece)) {
        return;
    }
    const float* next = received + piece.column;
    Floats<N> total{};
#pragma unroll 1
    for (int rank = 0; rank < ranks; rank++) {
        Floats<N> term;
        if (rank == own_rank) {
            term = load<N>(own + piece.column);
        } else {
            term = load<N>(next);
            next += received_stride;
        }
#pragma unroll
        for (int i = 0; i < N; i++) {
            // Not 0 + term_0, which would lose the sign of a zero.
            total[i] = rank == 0 ? term[i] : total[i] + term[i];
        }
    }
    store<N>(sum + piece.column, total);
}

extern "C" __global__ void __launch_bounds__(PIECE_THREADS) rank_order_sum_wide_f32(
        const float* own, const float* received, long long received_stride, int ranks, int own_rank, float* sum, long long rows, long long columns) {
    rank_order_sum<WIDE<float>>(own, received, received_stride, ranks, own_rank, sum, rows, columns);
}

extern "C" __global__ void __launch_bounds__(PIECE_THREADS) rank_order_sum_single_f32(
        const float* own, const float* received, long long received_stride, int ranks, int own_rank, float* sum, long long rows, long long columns) {
    rank_order_sum<1>(own, received, received_stride, ranks, own_rank, sum, rows, columns);
}

// Tells the host, in pinned memory, that the stream has come to a place: {marks so far, number of the place}. One thread.
extern "C" __global__ void mark(volatile int* progress, int place) {
    progress[1] = place;
    progress[0] = progress[0] + 1;
    __threadfence_system();
}
