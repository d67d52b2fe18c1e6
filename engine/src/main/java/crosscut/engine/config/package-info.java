/** What a run is: records, validated on creation. Nothing here reads files or knows a device. */
package crosscut.engine.config;
