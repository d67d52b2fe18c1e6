/**
 * Small defects put into PTX, one at a time, to learn whether tests notice them. What belongs here: where a defect can be put and how the text changes,
 * launches kept from tests, and whether they come to something else with the defect. May call: {@code driver}, to be told of launches, and what that uses.
 */
package crosscut.simulator.mutation;
