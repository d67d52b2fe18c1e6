// What the kernels of all families share: element types, vector access, positions in the grid.
//
// Activations are float, bfloat16 or float16; every kernel computes in fp32 and is a template over the type. A kernel's names in the PTX end in its type:
//
//     template <typename T> __device__ __forceinline__ void scale(T* values, long long count) { ... }
//     #define SCALE(name, T) extern "C" __global__ void name(T* values, long long count) { scale<T>(values, count); }
//     FOR_EACH_TYPE(SCALE, scale)      // scale_f32, scale_bf16, scale_f16
//
// Functions here are templates or inline, never static: names of internal functions would carry a hash of this machine's path into the PTX.
#pragma once

#define FOR_EACH_TYPE(DEFINE, name) \
    DEFINE(name##_f32, float)       \
    DEFINE(name##_bf16, bfloat16)   \
    DEFINE(name##_f16, float16)

constexpr int WARP_LANES = 32;
constexpr unsigned ALL_LANES = 0xffffffffu;

// The upper half of an fp32 number.
struct bfloat16 {
    unsigned short bits;
};

// IEEE 754 binary16.
struct float16 {
    unsigned short bits;
};

__device__ __forceinline__ float to_float(float value) {
    return value;
}

__device__ __forceinline__ float to_float(bfloat16 value) {
    return __uint_as_float(static_cast<unsigned>(value.bits) << 16);
}

__device__ __forceinline__ float to_float(float16 value) {
    float result;
    asm("cvt.f32.f16 %0, %1;" : "=f"(result) : "h"(value.bits));
    return result;
}

// Rounds to nearest even.
template <typename T>
__device__ __forceinline__ T from_float(float value);

template <>
__device__ __forceinline__ float from_float<float>(float value) {
    return value;
}

template <>
__device__ __forceinline__ bfloat16 from_float<bfloat16>(float value) {
    bfloat16 result;
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(result.bits) : "f"(value));
    return result;
}

template <>
__device__ __forceinline__ float16 from_float<float16>(float value) {
    float16 result;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(result.bits) : "f"(value));
    return result;
}

// N numbers in registers.
template <int N>
struct Floats {
    float value[N];

    __device__ __forceinline__ float& operator[](int index) {
        return value[index];
    }

    __device__ __forceinline__ const float& operator[](int index) const {
        return value[index];
    }
};

// Two neighbours of a 16-bit type in one register, the first in the lower half.
template <typename T>
__device__ __forceinline__ void unpack(unsigned pair, float& first, float& second);

template <>
__device__ __forceinline__ void unpack<bfloat16>(unsigned pair, float& first, float& second) {
    first = __uint_as_float(pair << 16);
    second = __uint_as_float(pair & 0xffff0000u);
}

template <>
__device__ __forceinline__ void unpack<float16>(unsigned pair, float& first, float& second) {
    float16 low, high;
    asm("mov.b32 {%0, %1}, %2;" : "=h"(low.bits), "=h"(high.bits) : "r"(pair));
    first = to_float(low);
    second = to_float(high);
}

template <typename T>
__device__ __forceinline__ unsigned pack(float first, float second);

template <>
__device__ __forceinline__ unsigned pack<bfloat16>(float first, float second) {
    unsigned pair;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(second), "f"(first));
    return pair;
}

template <>
__device__ __forceinline__ unsigned pack<float16>(float first, float second) {
    unsigned pair;
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(second), "f"(first));
    return pair;
}

// N neighbouring numbers in memory: 1, 2, 4 or 8. One access of 4, 8 or 16 bytes, more where N numbers are longer than 16 bytes; the address must be a multiple
// of what one access takes.
template <typename T, int N>
struct Memory {
    static_assert(sizeof(T) == 2, "float has its own");

    static __device__ __forceinline__ Floats<N> load(const T* address) {
        Floats<N> result;
        if constexpr (N == 1) {
            result[0] = to_float(*address);
        } else if constexpr (N == 2) {
            unpack<T>(*reinterpret_cast<const unsigned*>(address), result[0], result[1]);
        } else if constexpr (N == 4) {
            uint2 words = *reinterpret_cast<const uint2*>(address);
            unpack<T>(words.x, result[0], result[1]);
            unpack<T>(words.y, result[2], result[3]);
        } else {
            static_assert(N == 8, "1, 2, 4 or 8 numbers");
            uint4 words = *reinterpret_cast<const uint4*>(address);
            unpack<T>(words.x, result[0], result[1]);
            unpack<T>(words.y, result[2], result[3]);
            unpack<T>(words.z, result[4], result[5]);
            unpack<T>(words.w, result[6], result[7]);
        }
        return result;
    }

    static __device__ __forceinline__ void store(T* address, const Floats<N>& values) {
        if constexpr (N == 1) {
            *address = from_float<T>(values[0]);
        } else if constexpr (N == 2) {
            *reinterpret_cast<unsigned*>(address) = pack<T>(values[0], values[1]);
        } else if constexpr (N == 4) {
            *reinterpret_cast<uint2*>(address) = make_uint2(pack<T>(values[0], values[1]), pack<T>(values[2], values[3]));
        } else {
            static_assert(N == 8, "1, 2, 4 or 8 numbers");
            *reinterpret_cast<uint4*>(address) = make_uint4(
                    pack<T>(values[0], values[1]), pack<T>(values[2], values[3]), pack<T>(values[4], values[5]), pack<T>(values[6], values[7]));
        }
    }
};

template <int N>
struct Memory<float, N> {
    static __device__ __forceinline__ Floats<N> load(const float* address) {
        Floats<N> result;
        if constexpr (N == 1) {
            result[0] = *address;
        } else if constexpr (N == 2) {
            float2 words = *reinterpret_cast<const float2*>(address);
            result[0] = words.x;
            result[1] = words.y;
        } else {
            static_assert(N % 4 == 0, "1, 2, 4 or 8 numbers");
#pragma unroll
            for (int index = 0; index < N; index += 4) {
                float4 words = *reinterpret_cast<const float4*>(address + index);
                result[index] = words.x;
                result[index + 1] = words.y;
                result[index + 2] = words.z;
                result[index + 3] = words.w;
            }
        }
        return result;
    }

    static __device__ __forceinline__ void store(float* address, const Floats<N>& values) {
        if constexpr (N == 1) {
            *address = values[0];
        } else if constexpr (N == 2) {
            *reinterpret_cast<float2*>(address) = make_float2(values[0], values[1]);
        } else {
            static_assert(N % 4 == 0, "1, 2, 4 or 8 numbers");
#pragma unroll
            for (int index = 0; index < N; index += 4) {
                *reinterpret_cast<float4*>(address + index) = make_float4(values[index], values[index + 1], values[index + 2], values[index + 3]);
            }
        }
    }
};

template <int N, typename T>
__device__ __forceinline__ Floats<N> load(const T* address) {
    return Memory<T, N>::load(address);
}

template <int N, typename T>
__device__ __forceinline__ void store(T* address, const Floats<N>& values) {
    Memory<T, N>::store(address, values);
}

// This thread among all threads of the grid: where a grid-stride loop starts.
__device__ __forceinline__ long long grid_thread() {
    return static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
}

// Threads of the grid: how far a grid-stride loop steps.
__device__ __forceinline__ long long grid_threads() {
    return static_cast<long long>(gridDim.x) * blockDim.x;
}

__device__ __forceinline__ int lane() {
    return threadIdx.x % WARP_LANES;
}
