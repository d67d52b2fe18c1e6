// The elementwise half of the cross network (crosscut.kernels.cross.CrossOperations). Products and sums are rounded one by one, as on the CPU: same bits.
#include "overflow.cuh"
#include "pieces.cuh"

template <typename T, int N>
__device__ __forceinline__ void forward(
        const T* x0, long long x0_stride, const T* h, long long h_stride, const T* x, long long x_stride, T* next, long long next_stride, long long rows,
        long long columns) {
    Piece piece;
    if (!find_piece<N>(rows, columns, piece)) {
        return;
    }
    Floats<N> factor = load<N>(x0 + piece.in(x0_stride));
    Floats<N> product = load<N>(h + piece.in(h_stride));
    Floats<N> result = load<N>(x + piece.in(x_stride));
#pragma unroll
    for (int i = 0; i < N; i++) {
        result[i] = __fadd_rn(__fmul_rn(factor[i], product[i]), result[i]);
    }
    store(next + piece.in(next_stride), result);
}

template <typename T, int N>
__device__ __forceinline__ void product_gradient(
        const T* g, long long g_stride, const T* x0, long long x0_stride, T* s, long long s_stride, long long rows, long long columns) {
    Piece piece;
    if (!find_piece<N>(rows, columns, piece)) {
        return;
    }
    Floats<N> result = load<N>(g + piece.in(g_stride));
    Floats<N> factor = load<N>(x0 + piece.in(x0_stride));
#pragma unroll
    for (int i = 0; i < N; i++) {
        result[i] = __fmul_rn(result[i], factor[i]);
    }
    store(s + piece.in(s_stride), result);
}

// One layer's share of the gradient of x0, as the host lays it out.
template <typename T>
struct Layer {
    const T* gradient;
    long long gradient_stride;
    const T* h;
    long long h_stride;
};

template <typename T, int N>
__device__ __forceinline__ void add_layer(const Layer<T>& layer, const Piece& piece, Floats<N>& sum) {
    Floats<N> gradient = load_constant<N>(layer.gradient + piece.in(layer.gradient_stride));
    Floats<N> h = load_constant<N>(layer.h + piece.in(layer.h_stride));
#pragma unroll
    for (int i = 0; i < N; i++) {
        sum[i] = __fadd_rn(__fmul_rn(gradient[i], h[i]), sum[i]);
    }
}

// Number i of a piece as a piece of its own.
__device__ __forceinline__ Piece at(const Piece& piece, int i) {
    return {piece.row, piece.column + i};
}

// The first columns of x0 are the output of a ReLU, and may have got another gradient past the cross network.
template <typename T, int N>
__device__ __forceinline__ void through_bottom(
        const T* bottom, long long bottom_stride, const T* x0, long long x0_stride, const Piece& piece, Floats<N>& sum) {
    if (bottom != nullptr) {
        Floats<N> past = load<N>(bottom + piece.in(bottom_stride));
#pragma unroll
        for (int i = 0; i < N; i++) {
            sum[i] = __fadd_rn(sum[i], past[i]);
        }
    }
    Floats<N> output = load<N>(x0 + piece.in(x0_stride));
#pragma unroll
    for (int i = 0; i < N; i++) {
        sum[i] = output[i] > 0 ? sum[i] : 0.0f;
    }
}

// The same for the piece that those columns end in.
template <typename T, int N>
__device__ __forceinline__ void through_end_of_bottom(
        const T* bottom, long long bottom_stride, const T* x0, long long x0_stride, long long bottom_width, const Piece& piece, Floats<N>& sum) {
#pragma unroll
    for (int i = 0; i < N; i++) {
        if (piece.column + i < bottom_width) {
            Floats<1> one = {sum[i]};
            through_bottom<T, 1>(bottom, bottom_stride, x0, x0_stride, at(piece, i), one);
            sum[i] = one[0];
        }
    }
}

// LAYERS is the number of layers, so that the reads of all of them are under way together, or 0 for any number. The first
// bottom_width columns went through a ReLU, whose output x0 holds. loss_scale is null where nobody asks whether the result overflows.
template <typename T, int N, int LAYERS>
__device__ __forceinline__ void input_gradient(
        const T* gradient, long long gradient_stride, const Layer<T>* layers, int layer_count, const T* bottom, long long bottom_stride, const T* x0,
        long long x0_stride, long long bottom_width, float* loss_scale, T* dx0, long long dx0_stride, long long rows, long long columns) {
    Piece piece;
    if (!find_piece<N>(rows, columns, piece)) {
        return;
    }
    Floats<N> sum = load<N>(gradient + piece.in(gradient_stride));
    if constexpr (LAYERS > 0) {
#pragma unroll
        for (int layer = 0; layer < LAYERS; layer++) {
            add_layer(layers[layer], piece, sum);
        }
    } else {
        for (int layer = 0; layer < layer_count; layer++) {
            add_layer(layers[layer], piece, sum);
        }
    }
    if (piece.column + N <= bottom_width) {
        through_bottom<T, N>(bottom, bottom_stride, x0, x0_stride, piece, sum);
    } else if (N > 1 && piece.column < bottom_width) {
        through_end_of_bottom<T, N>(bottom, bottom_stride, x0, x0_stride, bottom_width, piece, sum);
    }
    if (loss_scale != nullptr && !fits<T, N>(sum)) {
        mark_overflow(loss_scale);
    }
    store(dx0 + piece.in(dx0_stride), sum);
}

// One term of a sum, as the host lays it out.
template <typename T>
struct Term {
    const T* values;
    long long stride;
};

template <typename T, int N>
__device__ __forceinline__ void sum(const Term<T>* terms, int count, T* target, long long target_stride, long long rows, long long columns) {
    Piece piece;
    if (!find_piece<N>(rows, columns, piece)) {
        return;
    }
    // Not 0 + the first term, which would lose the sign of a zero.
    Floats<N> total = load_constant<N>(terms[0].values + piece.in(terms[0].stride));
    for (int term = 1; term < count; term++) {
        Floats<N> values = load_constant<N>(terms[term].values + piece.in(terms[term].stride));
#pragma unroll
        for (int i = 0; i < N; i++) {
            total[i] = __fadd_rn(total[i], values[i]);
        }
    }
    store(target + piece.in(target_stride), total);
}

template <typename Unit>
__device__ __forceinline__ void copy(
        const Unit* source, long long source_stride, Unit* target, long long target_stride, long long rows, long long columns) {
    Piece piece;
    if (find_piece<1>(rows, columns, piece)) {
        target[piece.in(target_stride)] = source[piece.in(source_stride)];
    }
}

#define FORWARD(name, T, N)                                                                                                                     \
    extern "C" __global__ void __launch_bounds__(PIECE_THREADS) name(                                                                           \
            const T* x0, long long x0_stride, const T* h, long long h_stride, const T* x, long long x_stride, T* next, long long next_stride,   \
            long long rows, long long columns) {                                                                                                \
        forward<T, N>(x0, x0_stride, h, h_stride, x, x_stride, next, next_stride, rows, columns);                                               \
    }

#define PRODUCT_GRADIENT(name, T, N)                                                                                                            \
    extern "C" __global__ void __launch_bounds__(PIECE_THREADS) name(                                                                           \
            const T* g, long long g_stride, const T* x0, long long x0_stride, T* s, long long s_stride, long long rows, long long columns) {    \
        product_gradient<T, N>(g, g_stride, x0, x0_stride, s, s_stride, rows, columns);                                                         \
    }

#define INPUT_GRADIENT(name, T, N, LAYERS)                                                                                                      \
    extern "C" __global__ void __launch_bounds__(PIECE_THREADS) name(                                                                           \
            const T* gradient, long long gradient_stride, const Layer<T>* layers, int layer_count, const T* bottom, long long bottom_stride,    \
            const T* x0, long long x0_stride, long long bottom_width, float* loss_scale, T* dx0, long long dx0_stride, long long rows,          \
            long long columns) {                                                                                                                \
        input_gradient<T, N, LAYERS>(                                                                                                           \
                gradient, gradient_stride, layers, layer_count, bottom, bottom_stride, x0, x0_stride, bottom_width, loss_scale, dx0,            \
                dx0_stride, rows, columns);                                                                                                     \
    }

#define SUM(name, T, N)                                                                                                                         \
    extern "C" __global__ void __launch_bounds__(PIECE_THREADS) name(                                                                           \
            const Term<T>* terms, int count, T* target, long long target_stride, long long rows, long long columns) {                           \
        sum<T, N>(terms, count, target, target_stride, rows, columns);                                                                          \
    }

#define COPY(name, UNIT)                                                                                                                        \
    extern "C" __global__ void __launch_bounds__(PIECE_THREADS) name(                                                                           \
            const UNIT* source, long long source_stride, UNIT* target, long long target_stride, long long rows, long long columns) {            \
        copy(source, source_stride, target, target_stride, rows, columns);                                                                      \
    }

#define WIDE_AND_SINGLE(name, T)                                     \
    FORWARD(forward_wide_##name, T, WIDE<T>)                         \
    FORWARD(forward_single_##name, T, 1)                             \
    PRODUCT_GRADIENT(product_gradient_wide_##name, T, WIDE<T>)       \
    PRODUCT_GRADIENT(product_gradient_single_##name, T, 1)           \
    INPUT_GRADIENT(input_gradient_wide_##name, T, WIDE<T>, 0)        \
    INPUT_GRADIENT(input_gradient_1_wide_##name, T, WIDE<T>, 1)      \
    INPUT_GRADIENT(input_gradient_2_wide_##name, T, WIDE<T>, 2)      \
    INPUT_GRADIENT(input_gradient_3_wide_##name, T, WIDE<T>, 3)      \
    INPUT_GRADIENT(input_gradient_4_wide_##name, T, WIDE<T>, 4)      \
    INPUT_GRADIENT(input_gradient_single_##name, T, 1, 0)            \
    SUM(sum_wide_##name, T, WIDE<T>)                                 \
    SUM(sum_single_##name, T, 1)

WIDE_AND_SINGLE(f32, float)
WIDE_AND_SINGLE(bf16, bfloat16)
WIDE_AND_SINGLE(f16, float16)

// Copies in units of so many bytes; strides and columns count units.
COPY(copy_16, uint4)
COPY(copy_8, uint2)
COPY(copy_4, unsigned)
COPY(copy_2, unsigned short)
COPY(copy_1, unsigned char)
