/**
 * What a training step costs by counting: the launches that the engine itself makes, each with its arithmetic and the bytes that it cannot help moving. Nothing
 * here runs an op or measures time; that is {@link crosscut.engine.profile}'s.
 */
package crosscut.engine.cost;
