package crosscut.kernels.gemm;

import java.util.ArrayList;
import java.util.List;

/** How the sums of a product are cut into parts. Each part is a product, which is added to what those before it have left in the destination. */
final class DepthCut {

    private DepthCut() {
    }

    /** A weight gradient of a large batch is summed over parts of it, one after the other, so that their copies take bounded memory. */
    static List<ProductTerms> ofBoundedMemory(ProductTerms terms) {
        return into(terms.left().isTransposed() ? Math.ceilDiv(terms.right().byteSize(), LaunchedRight.MOST_BYTES) : 1, terms);
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
