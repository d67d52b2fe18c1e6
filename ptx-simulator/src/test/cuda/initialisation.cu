// Reads of memory that nothing has written.

// The host has forgotten to clear the counter.
extern "C" __global__ void count_positive(const float* in, int* counter, int count) {
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index < count && in[index] > 0) {
        atomicAdd(counter, 1);  // defect count_positive
    }
}

// With 96 threads the fourth warp's sum is never written.
extern "C" __global__ void sum_of_four_warps(const float* in, float* out) {
    __shared__ float sums[4];
    float value = in[threadIdx.x];
    for (int distance = 16; distance > 0; distance /= 2) {
        value += __shfl_down_sync(0xffffffffu, value, distance);
    }
    if (threadIdx.x % 32 == 0) {
        sums[threadIdx.x / 32] = value;
    }
    __syncthreads();
    if (threadIdx.x == 0) {
        out[0] = sums[0] + sums[1] + sums[2] + sums[3];  // defect sum_of_four_warps
    }
}

// The host launches a block too few: the rest of the output is read by the next kernel.
extern "C" __global__ void add_one(const float* in, float* out, int count) {
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index < count) {
        out[index] = in[index] + 1.0f;  // defect add_one
    }
}
