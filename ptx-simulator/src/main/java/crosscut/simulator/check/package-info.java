/** What the simulator finds wrong: faults that end a launch, and findings that are collected. */
package crosscut.simulator.check;
