/**
 * What people touch: the command line, the supervisor that runs one process per rank, and the rendering of progress. Here lies only the way in;
 * {@code Main} and the search for a Java are in {@code src/main/java8}, because any Java must be able to load them.
 */
package crosscut.launcher;
