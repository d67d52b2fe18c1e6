/**
 * Finding and opening native libraries, and failing with a reason. What belongs here: what every library shares; each library has a package of its own
 * below, with one facade that checks every status in one place. May call: the JDK alone.
 */
package crosscut.bindings;
