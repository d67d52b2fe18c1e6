// The overflow mark of half-precision training (crosscut.kernels.optimizer.LossScale): 1 when a gradient holds an infinity or a NaN.
#pragma once

#include "common.cuh"

// Index of the mark in the state of the loss scale.
constexpr int OVERFLOW_MARK = 1;

__device__ __forceinline__ void mark_overflow(float* loss_scale) {
    // As integers 0 and 1.0 have the order of their values.
    atomicMax(reinterpret_cast<unsigned*>(loss_scale + OVERFLOW_MARK), __float_as_uint(1.0f));
}

// The least number that becomes an infinity when it is rounded to the type: the middle between the largest that it holds and the next power of two.
template <typename T>
__device__ __forceinline__ float overflow_limit();

template <>
__device__ __forceinline__ float overflow_limit<float>() {
    return __uint_as_float(0x7f800000u);
}

template <>
__device__ __forceinline__ float overflow_limit<bfloat16>() {
    return __uint_as_float(0x7f7f8000u);
}

template <>
__device__ __forceinline__ float overflow_limit<float16>() {
    return 65520.0f;
}

// Whether all numbers are finite once they are rounded to the type.
template <typename T, int N>
__device__ __forceinline__ bool fits(const Floats<N>& values) {
    bool result = true;
#pragma unroll
    for (int i = 0; i < N; i++) {
        result = result && fabsf(values[i]) < overflow_limit<T>();
    }
    return result;
}
