package crosscut.simulator.blas;

import java.util.Map;

/**
 * An attribute of a descriptor.
 *
 * @param name as in cublasLt.h, without prefix
 * @param bytes its exact size
 * @param initial the value that a new descriptor has
 */
record Attribute(String name, int bytes, long initial) {

    private static final int ALIGNMENT = 256;
    private static final int ALL_REDUCTIONS = 7;

    /** cublasLtMatrixLayoutAttribute_t. */
    static final Map<Integer, Attribute> OF_LAYOUT = Map.of(
            0, new Attribute("TYPE", 4, 0),
            1, new Attribute("ORDER", 4, 0),
            2, new Attribute("ROWS", 8, 0),
            3, new Attribute("COLS", 8, 0),
            4, new Attribute("LD", 8, 0),
            5, new Attribute("BATCH_COUNT", 4, 1),
            6, new Attribute("STRIDED_BATCH_OFFSET", 8, 0),
            7, new Attribute("PLANE_OFFSET", 8, 0));

    /** cublasLtMatmulDescAttributes_t. */
    static final Map<Integer, Attribute> OF_PRODUCT = Map.ofEntries(
            Map.entry(0, new Attribute("COMPUTE_TYPE", 4, 0)),
            Map.entry(1, new Attribute("SCALE_TYPE", 4, 0)),
            Map.entry(2, new Attribute("POINTER_MODE", 4, 0)),
            Map.entry(3, new Attribute("TRANSA", 4, 0)),
            Map.entry(4, new Attribute("TRANSB", 4, 0)),
            Map.entry(5, new Attribute("TRANSC", 4, 0)),
            Map.entry(6, new Attribute("FILL_MODE", 4, 2)),
            Map.entry(7, new Attribute("EPILOGUE", 4, 1)),
            Map.entry(8, new Attribute("BIAS_POINTER", 8, 0)),
            Map.entry(10, new Attribute("BIAS_BATCH_STRIDE", 8, 0)),
            Map.entry(11, new Attribute("EPILOGUE_AUX_POINTER", 8, 0)),
            Map.entry(12, new Attribute("EPILOGUE_AUX_LD", 8, 0)),
            Map.entry(13, new Attribute("EPILOGUE_AUX_BATCH_STRIDE", 8, 0)),
            Map.entry(14, new Attribute("ALPHA_VECTOR_BATCH_STRIDE", 8, 0)),
            Map.entry(15, new Attribute("SM_COUNT_TARGET", 4, 0)),
            Map.entry(17, new Attribute("A_SCALE_POINTER", 8, 0)),
            Map.entry(18, new Attribute("B_SCALE_POINTER", 8, 0)),
            Map.entry(19, new Attribute("C_SCALE_POINTER", 8, 0)),
            Map.entry(20, new Attribute("D_SCALE_POINTER", 8, 0)),
            Map.entry(21, new Attribute("AMAX_D_POINTER", 8, 0)),
            Map.entry(22, new Attribute("EPILOGUE_AUX_DATA_TYPE", 4, -1)),
            Map.entry(23, new Attribute("EPILOGUE_AUX_SCALE_POINTER", 8, 0)),
            Map.entry(24, new Attribute("EPILOGUE_AUX_AMAX_POINTER", 8, 0)),
            Map.entry(25, new Attribute("FAST_ACCUM", 1, 0)),
            Map.entry(26, new Attribute("BIAS_DATA_TYPE", 4, -1)));

    /** cublasLtMatmulPreferenceAttributes_t. */
    static final Map<Integer, Attribute> OF_PREFERENCE = Map.of(
            0, new Attribute("SEARCH_MODE", 4, 0),
            1, new Attribute("MAX_WORKSPACE_BYTES", 8, 0),
            3, new Attribute("REDUCTION_SCHEME_MASK", 4, ALL_REDUCTIONS),
            5, new Attribute("MIN_ALIGNMENT_A_BYTES", 4, ALIGNMENT),
            6, new Attribute("MIN_ALIGNMENT_B_BYTES", 4, ALIGNMENT),
            7, new Attribute("MIN_ALIGNMENT_C_BYTES", 4, ALIGNMENT),
            8, new Attribute("MIN_ALIGNMENT_D_BYTES", 4, ALIGNMENT),
            9, new Attribute("MAX_WAVES_COUNT", 4, 0),
            12, new Attribute("IMPL_MASK", 8, -1));
}
