/** Counter-based random numbers: every value is a function of (seed, stream, index) alone. */
package crosscut.kernels.random;
