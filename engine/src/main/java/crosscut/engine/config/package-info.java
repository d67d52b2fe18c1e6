/** What a run is: records, validated on creation. Nothing here knows a device, and only {@code EmbeddingDimensions} reads a file: the one its flag names. */
package crosscut.engine.config;
