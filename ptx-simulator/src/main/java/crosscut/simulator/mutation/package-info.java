/**
 * Small defects put into PTX, one at a time, to learn whether tests notice them. What belongs here: where a defect can be put and how the text changes. What runs
 * the changed PTX, and what counts as noticing, is the caller's matter.
 */
package crosscut.simulator.mutation;
