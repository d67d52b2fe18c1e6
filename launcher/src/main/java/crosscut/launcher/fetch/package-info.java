/**
 * Brings NVIDIA's libraries to machines that have only the driver, when the user asks for it and never otherwise. What belongs here: where they come from, and
 * how they get into the cache folder whole or not at all.
 */
package crosscut.launcher.fetch;
