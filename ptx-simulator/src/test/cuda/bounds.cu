// Accesses outside of allocations. The line of each defect says so: "defect" and the kernel's name.

extern "C" __global__ void read_past_end(const float* in, float* out, int count) {
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index < count) {
        out[index] = in[index + 1] - in[index];  // defect read_past_end
    }
}

extern "C" __global__ void write_past_end(const float* in, float* out, int count) {
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    out[index] = 2.0f * in[min(index, count - 1)];  // defect write_past_end
}

extern "C" __global__ void read_before_start(const float* in, float* out, int count) {
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index < count) {
        out[index] = in[index - 1];  // defect read_before_start
    }
}

extern "C" __global__ void misaligned_vector(const float* in, float* out, int count) {
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index < count / 4 - 1) {
        float4 four = *reinterpret_cast<const float4*>(in + 4 * index + 1);  // defect misaligned_vector
        out[index] = four.x + four.y + four.z + four.w;
    }
}

// The host passes memory that it has freed, or no memory at all.
extern "C" __global__ void scale(const float* in, float* out, int count) {
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index < count) {
        out[index] = 2.0f * in[index];  // defect scale
    }
}

// An id that is not in the table, as a check forgotten in front of a gather lets through.
extern "C" __global__ void gather_unchecked(const float* table, const int* ids, float* out, int count) {
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index < count) {
        out[index] = table[(long long) ids[index] * 4];  // defect gather_unchecked
    }
}

// 32-bit arithmetic in which a large row times its width becomes negative.
extern "C" __global__ void narrow_index(const float* table, const int* ids, float* out, int width, int count) {
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index < count) {
        out[index] = table[ids[index] * width];  // defect narrow_index
    }
}

extern "C" __global__ void shared_past_end(const float* in, float* out, int count) {
    extern __shared__ float tile[];
    tile[threadIdx.x + 1] = in[min((int) threadIdx.x, count - 1)];  // defect shared_past_end
    __syncthreads();
    out[threadIdx.x] = tile[threadIdx.x + 1];
}

extern "C" __global__ void division_by_zero(const int* in, int* out, int count) {
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index < count) {
        out[index] = 100 / in[index];  // defect division_by_zero
    }
}
