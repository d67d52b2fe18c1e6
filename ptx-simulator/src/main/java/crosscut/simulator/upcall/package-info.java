/**
 * What a simulated native library is made of: symbols that are upcall stubs, and the memory of the caller behind the pointers that it passes. What belongs
 * here: only what every simulated library needs. May call: the JDK alone.
 */
package crosscut.simulator.upcall;
