/**
 * What a run tells people while it works: plain facts, no text layout. The engine emits them; the launcher carries them from the rank's process to the
 * supervisor and renders them there. Only events and their listener belong here.
 */
package crosscut.engine.progress;
