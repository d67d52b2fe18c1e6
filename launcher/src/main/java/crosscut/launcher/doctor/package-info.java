/** Looks at the machine and says what Crosscut can use of it. Nothing here changes anything. */
package crosscut.launcher.doctor;
