/** What a call into native code costs, by the ways that there are: our own (Foreign Function & Memory) beside JNI, on the same functions. */
package crosscut.bench.binding;
