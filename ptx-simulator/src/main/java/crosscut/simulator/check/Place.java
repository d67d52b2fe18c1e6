package crosscut.simulator.check;

import crosscut.simulator.program.PtxInstruction;

/**
 * Where in a launch something happened.
 *
 * @param kernel name of the kernel
 * @param ptxLine line of the PTX text
 * @param sourceLine file and line of the program, empty where the PTX does not say
 * @param block number of the block: {@code x + gridX * (y + gridY * z)}
 * @param thread number of the thread in its block
 */
public record Place(String kernel, int ptxLine, String sourceLine, long block, int thread) {

    /** The place of an instruction. */
    public static Place of(String kernel, PtxInstruction instruction, long block, int thread) {
        return new Place(kernel, instruction.line(), instruction.source() == null ? "" : instruction.source().toString(), block, thread);
    }

    @Override
    public String toString() {
        return kernel + ", " + (sourceLine.isEmpty() ? "" : sourceLine + ", ") + "PTX line " + ptxLine + ", block " + block + ", thread " + thread;
    }
}
