package crosscut.bench.cpu;

/** How PyTorch is run. */
public enum Peer {
    /** As a user gets it: a table per feature, its own matrix products, no settings. */
    STOCK,
    /** With what was found to help: one table for all features, oneDNN's fp32 products, jemalloc, threads that wait actively for small models. */
    TUNED
}
