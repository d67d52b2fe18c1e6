/**
 * Runs one process per rank and is responsible for their end: builds their exact command lines, reads what they say, passes signals on, and ends all when one
 * fails. Knows nothing of training.
 */
package crosscut.launcher.supervisor;
