/** Benchmarks. They look at kernels and engine from the side; nothing depends on them. Every benchmark's variants have a test that they agree. */
package crosscut.bench;
