/**
 * The whole state of a training on disk: safetensors files and a JSON manifest with their checksums, written under a temporary name, synced, then renamed.
 * Nothing that carries a final name is ever incomplete.
 */
package crosscut.engine.checkpoint;
