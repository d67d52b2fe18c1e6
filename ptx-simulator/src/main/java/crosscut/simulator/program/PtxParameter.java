package crosscut.simulator.program;

/**
 * A kernel parameter.
 *
 * @param name its name in the text
 * @param byteOffset where its value lies in the parameter block
 * @param byteSize its size
 */
public record PtxParameter(String name, int byteOffset, int byteSize) {}
