/**
 * A stand-in for cuBLASLt: {@link crosscut.simulator.blas.SimulatedCublasLt} gives its symbols as upcall stubs and enqueues its products in the streams of a
 * {@link crosscut.simulator.driver.SimulatedCuda}. What belongs here: descriptors and layouts, which combinations the library takes, algorithms and their
 * needs, and the product itself on plain arrays. It is as strict as the library's documentation: what that does not promise to work is refused.
 */
package crosscut.simulator.blas;
