/**
 * The flags of {@code train}: their names, defaults and descriptions, grouped as the help shows them, and the one method that turns them into the engine's
 * configuration. The reference's names and defaults are kept; a flag of the reference that does not apply here is in {@code UnsupportedFlag}.
 */
package crosscut.launcher.options;
