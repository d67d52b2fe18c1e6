// Accesses of two threads that nothing orders, one of them a write.

extern "C" __global__ void missing_barrier_before_read(const float* in, float* out) {
    __shared__ float tile[256];
    tile[threadIdx.x] = in[blockIdx.x * 256 + threadIdx.x];
    out[blockIdx.x * 256 + threadIdx.x] = tile[255 - threadIdx.x];  // defect missing_barrier_before_read
}

// The next round overwrites what slower threads still read.
extern "C" __global__ void missing_barrier_before_write(const float* in, float* out, int rounds) {
    __shared__ float tile[256];
    float sum = 0;
    for (int round = 0; round < rounds; round++) {
        tile[threadIdx.x] = in[round * 256 + threadIdx.x];  // defect missing_barrier_before_write
        __syncthreads();
        sum += tile[255 - threadIdx.x];
    }
    out[threadIdx.x] = sum;
}

// Rows that occur twice lose an update.
extern "C" __global__ void lost_update(const int* rows, const float* gradients, float* table, int count) {
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index < count) {
        table[rows[index]] += gradients[index];  // defect lost_update
    }
}

extern "C" __global__ void blocks_store_one_cell(const float* in, float* out) {
    if (threadIdx.x == 0) {
        out[0] = in[blockIdx.x];  // defect blocks_store_one_cell
    }
}

// Correct only while a warp runs in lock-step, which it has not to since sm_70.
extern "C" __global__ void warp_synchronous(const float* in, float* out) {
    __shared__ volatile float tile[32];
    tile[threadIdx.x] = in[threadIdx.x];
    if (threadIdx.x < 16) {
        tile[threadIdx.x] += tile[threadIdx.x + 16];  // defect warp_synchronous
    }
    __syncwarp();
    out[threadIdx.x] = tile[threadIdx.x];
}

// The last element of a block is read by the next block, which may run first.
extern "C" __global__ void reads_neighbour_block(const float* in, float* out) {
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    out[index] = in[index];
    __syncthreads();
    if (threadIdx.x == 0 && blockIdx.x > 0) {
        out[gridDim.x * blockDim.x + blockIdx.x] = out[index - 1];  // defect reads_neighbour_block
    }
}

// One thread adds atomically, another one stores plainly.
extern "C" __global__ void plain_store_beside_atomic(int* counter, int count) {
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index == 0) {
        counter[0] = 0;  // defect plain_store_beside_atomic
    }
    if (index < count) {
        atomicAdd(counter, 1);
    }
}
