/**
 * What a training step costs by measuring: a device around the real one that times every launch of chosen steps, and what the real one can do at best. The step
 * itself knows nothing of it.
 */
package crosscut.engine.profile;
