/**
 * One rank's process: it runs the engine and says what happens in lines on its standard output. It ends when it is asked to (SIGTERM: after a checkpoint), when
 * it is done, and when its supervisor is gone.
 */
package crosscut.launcher.rank;
