// Barriers and warp operations that not all threads reach, and a loop that does not end.

extern "C" __global__ void divergent_barrier(const float* in, float* out) {
    __shared__ float tile[64];
    tile[threadIdx.x] = in[threadIdx.x];
    if (threadIdx.x < 40) {
        __syncthreads();  // defect divergent_barrier
        out[threadIdx.x] = tile[63 - threadIdx.x];
    } else {
        out[threadIdx.x] = 0;
    }
}

extern "C" __global__ void return_before_barrier(const float* in, float* out, int count) {
    __shared__ float tile[64];
    if ((int) threadIdx.x >= count) {
        return;
    }
    tile[threadIdx.x] = in[threadIdx.x];
    __syncthreads();  // defect return_before_barrier
    out[threadIdx.x] = tile[count - 1 - threadIdx.x];
}

// The mask names lanes that do not take part.
extern "C" __global__ void shuffle_of_absent_lanes(const float* in, float* out) {
    float value = in[threadIdx.x];
    if (threadIdx.x < 20) {
        value += __shfl_xor_sync(0xffffffffu, value, 1);  // defect shuffle_of_absent_lanes
    }
    out[threadIdx.x] = value;
}

extern "C" __global__ void endless_loop(volatile int* flag) {
    while (flag[0] == 0) {  // defect endless_loop
    }
}
