/** From PTX text to kernels: tokens, declarations, instructions with their operands and source lines. Knows the language's grammar, not what instructions do. */
package crosscut.simulator.program;
