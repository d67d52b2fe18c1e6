/** The memory of the simulated machine: allocations with exact bounds, and beside them what was written and who touched what. Knows no instructions. */
package crosscut.simulator.memory;
