/**
 * What the columns of raw data mean: the built-in layout of Criteo's files and the mapping files that describe others. Nothing here reads data.
 */
package crosscut.engine.preprocess.layout;
