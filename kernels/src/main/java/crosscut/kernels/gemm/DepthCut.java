package crosscut.kernels.gemm;

import crosscut.bindings.onednn.InstructionSet;
import crosscut.kernels.device.DataType;
import java.util.ArrayList;
import java.util.List;

/** How the sums of a product are cut into parts. Each part is a product, which is added to what those before it have left in the destination. */
final class DepthCut {

    /**
     * Terms from which oneDNN's products for AVX2 are slow, and how many they take well. Measured with oneDNN 3.13 on Zen 3, blocks of 256 x 512, two threads:
     * 183 to 187 GFLOP/s with 256 to 576 terms, 147 to 175 with 1,024 to 3,456. In profiles of steps with AVX-512 long sums are no slower than short ones.
     */
    private static final int MANY_TERMS = 1024;
    private static final int TERMS = 512;

    /** A result smaller than this needs too few values at once to leave the caches. */
    private static final int LEAST_ROWS = 512;
    private static final int LEAST_COLUMNS = 256;

    private DepthCut() {
    }

    /** A weight gradient of a large batch is summed over parts of it, one after the other, so that their copies take bounded memory. */
    static List<ProductTerms> ofBoundedMemory(ProductTerms terms) {
        return into(terms.left().isTransposed() ? Math.ceilDiv(terms.right().byteSize(), LaunchedRight.MOST_BYTES) : 1, terms);
    }

    /** Parts whose operands stay in a core's cache, as a processor with {@code instructions} wants them. */
    static List<ProductTerms> inCaches(ProductTerms terms, InstructionSet instructions) {
        return instructions.hasAvx512() ? List.of(terms) : inCaches(terms);
    }

    /** As any processor wants them. Only sums that are kept in FLOAT32 are cut: each part rounds them to the type of the destination. */
    static List<ProductTerms> inCaches(ProductTerms terms) {
        boolean isLarge = terms.destination().rows() >= LEAST_ROWS && terms.destination().columns() >= LEAST_COLUMNS && terms.left().columns() >= MANY_TERMS;
        boolean isFloat32 = terms.destination().type() == DataType.FLOAT32 && terms.left().tensor().type() == DataType.FLOAT32;
        return into(isLarge && isFloat32 ? Math.ceilDiv(terms.left().columns(), TERMS) : 1, terms);
    }

    /** So many parts, or fewer where the sums are short. */
    static List<ProductTerms> into(long parts, ProductTerms terms) {
        if (parts <= 1) {
            return List.of(terms);
        }
        long depth = terms.left().columns();
        long part = Math.ceilDiv(Math.ceilDiv(depth, parts), LaunchedLeft.TERMS) * LaunchedLeft.TERMS;
        List<ProductTerms> products = new ArrayList<>();
        for (long first = 0; first < depth; first += part) {
            products.add(terms.ofTerms(first, Math.min(part, depth - first)));
        }
        return products;
    }
}
