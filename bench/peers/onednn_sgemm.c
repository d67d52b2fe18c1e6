/*
 * BLAS's sgemm by oneDNN: loaded before libtorch, which looks for the symbol by name, it takes OpenBLAS's place. BLAS stores columns, dnnl_sgemm rows, so
 * that the operands change places: C^T = B^T A^T.
 */
typedef long long dim;

int dnnl_sgemm(char transa, char transb, dim m, dim n, dim k, float alpha, const float *a, dim lda, const float *b, dim ldb, float beta, float *c, dim ldc);

void sgemm_(const char *transa, const char *transb, const int *m, const int *n, const int *k, const float *alpha, const float *a, const int *lda, const float *b,
            const int *ldb, const float *beta, float *c, const int *ldc)
{
    dnnl_sgemm(*transb, *transa, *n, *m, *k, *alpha, b, *ldb, a, *lda, *beta, c, *ldc);
}
