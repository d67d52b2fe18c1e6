/** Calls into the Linux C library that Java has no method for. Every status is checked here. */
package crosscut.bindings.linux;
