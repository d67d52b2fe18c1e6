// The same patterns without a defect: nothing may be reported.

extern "C" __global__ void reverse_and_sum(const float* in, float* out, int* counter, int rounds, int count) {
    __shared__ float tile[256];
    __shared__ float sums[8];
    float total = 0;
    for (int round = 0; round < rounds; round++) {
        int index = (blockIdx.x * rounds + round) * 256 + threadIdx.x;
        tile[threadIdx.x] = index < count ? in[index] : 0.0f;
        __syncthreads();
        total += tile[255 - threadIdx.x];
        __syncthreads();
    }
    float value = total;
    for (int distance = 16; distance > 0; distance /= 2) {
        value += __shfl_xor_sync(0xffffffffu, value, distance);
    }
    if (threadIdx.x % 32 == 0) {
        sums[threadIdx.x / 32] = value;
    }
    __syncthreads();
    if (threadIdx.x < 8) {
        value = sums[threadIdx.x];
        for (int distance = 4; distance > 0; distance /= 2) {
            value += __shfl_xor_sync(0xffu, value, distance);
        }
        if (threadIdx.x == 0) {
            out[blockIdx.x] = value;
            atomicAdd(counter, 1);
        }
    }
}
