/** Real data sets that come with Crosscut, as class path resources with their citation, mapping file and known results; unpacked when they are asked for. */
package crosscut.launcher.datasets;
