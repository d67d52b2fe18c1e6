/** How progress looks: a bar on a terminal, plain lines elsewhere, and the log of JSON lines for programs. Takes events, decides nothing else. */
package crosscut.launcher.progress;
