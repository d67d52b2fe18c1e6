// Counter-based random numbers (crosscut.kernels.random.RandomOperations): Philox4x32-10 of Salmon, Moraes, Dror and Shaw (SC 2011), the same bits as the CPU.
#include "common.cuh"

constexpr int RANDOM_THREADS = 256;
constexpr int PHILOX_WORDS = 4;
constexpr int PHILOX_ROUNDS = 10;
constexpr unsigned PHILOX_MULTIPLIER_0 = 0xD2511F53u;
constexpr unsigned PHILOX_MULTIPLIER_1 = 0xCD9E8D57u;
constexpr unsigned PHILOX_KEY_STEP_0 = 0x9E3779B9u;
constexpr unsigned PHILOX_KEY_STEP_1 = 0xBB67AE85u;

// 128 bits as a function of the counter (element index / 4, stream) and the key.
__device__ __forceinline__ uint4 philox(unsigned long long low, unsigned long long high, unsigned long long key) {
    uint4 word = make_uint4(
            static_cast<unsigned>(low), static_cast<unsigned>(low >> 32), static_cast<unsigned>(high), static_cast<unsigned>(high >> 32));
    unsigned key_0 = static_cast<unsigned>(key);
    unsigned key_1 = static_cast<unsigned>(key >> 32);
#pragma unroll
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        unsigned high_0 = __umulhi(PHILOX_MULTIPLIER_0, word.x);
        unsigned low_0 = PHILOX_MULTIPLIER_0 * word.x;
        unsigned high_1 = __umulhi(PHILOX_MULTIPLIER_1, word.z);
        unsigned low_1 = PHILOX_MULTIPLIER_1 * word.z;
        word = make_uint4(high_1 ^ word.y ^ key_0, low_1, high_0 ^ word.w ^ key_1, low_0);
        key_0 += PHILOX_KEY_STEP_0;
        key_1 += PHILOX_KEY_STEP_1;
    }
    return word;
}

// The upper 24 bits as a value in [-bound, bound).
__device__ __forceinline__ float symmetric(unsigned bits, float bound) {
    return __fmul_rn(__fadd_rn(__fmul_rn(static_cast<float>(bits >> 8), 0x1p-23f), -1.0f), bound);
}

// A thread fills the elements of one counter. first_element is the index of target's element (0, 0) in the whole table, which has as many columns.
extern "C" __global__ void __launch_bounds__(RANDOM_THREADS) uniform(
        float* target, long long row_stride, long long rows, long long columns, long long first_element, unsigned long long seed,
        unsigned long long stream, float bound) {
    long long counter = first_element / PHILOX_WORDS + grid_thread();
    long long element = counter * PHILOX_WORDS - first_element;
    long long elements = rows * columns;
    if (element >= elements) {
        return;
    }
    uint4 words = philox(static_cast<unsigned long long>(counter), stream, seed);
    float4 values = make_float4(symmetric(words.x, bound), symmetric(words.y, bound), symmetric(words.z, bound), symmetric(words.w, bound));
    bool whole = element >= 0 && element + PHILOX_WORDS <= elements;
    if (whole && row_stride == columns && reinterpret_cast<unsigned long long>(target + element) % sizeof(float4) == 0) {
        *reinterpret_cast<float4*>(target + element) = values;
        return;
    }
    float value[PHILOX_WORDS] = {values.x, values.y, values.z, values.w};
#pragma unroll
    for (int word = 0; word < PHILOX_WORDS; word++) {
        long long at = element + word;
        if (at >= 0 && at < elements) {
            target[at / columns * row_stride + at % columns] = value[word];
        }
    }
}
