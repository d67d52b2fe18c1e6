/**
 * The model: parameters, and for one batch size the tensors and bound operations of its forward and backward pass, written side by side in the order of the data.
 */
package crosscut.engine.model;
