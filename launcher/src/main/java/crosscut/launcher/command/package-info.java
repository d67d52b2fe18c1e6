/** The commands and how their command lines are read: spelling of flags, files of arguments, errors in one line, exit statuses. */
package crosscut.launcher.command;
