// crosscut.kernels.optimizer.UpdateRule for one parameter, rounded operation by operation as the CPU does it: same bits.
#pragma once

// Indices in the step tensor.
constexpr int STEP_SIZE = 0;
constexpr int GRADIENT_SCALE = 1;
constexpr int SKIP = 2;

// The constants of Adam.
struct AdamRule {
    float first_weight;
    float second_weight;
    float epsilon;
};

// gradient is scaled already.
__device__ __forceinline__ void adam(const AdamRule& rule, float step_size, float gradient, float& weight, float& first_moment, float& second_moment) {
    first_moment = __fadd_rn(first_moment, __fmul_rn(__fsub_rn(gradient, first_moment), rule.first_weight));
    second_moment = __fadd_rn(second_moment, __fmul_rn(__fsub_rn(__fmul_rn(gradient, gradient), second_moment), rule.second_weight));
    float root = __fadd_rn(__fsqrt_rn(second_moment), rule.epsilon);
    weight = __fsub_rn(weight, __fdiv_rn(__fmul_rn(first_moment, step_size), root));
}

__device__ __forceinline__ void gradient_descent(float step_size, float gradient, float& weight) {
    weight = __fsub_rn(weight, __fmul_rn(gradient, step_size));
}
