package crosscut.simulator.execution;

/**
 * A lane loop with the sizes of its operands.
 *
 * @param signature one letter for the result and one per operand: W up to 32 bits, L 64 bits
 * @param loop the work
 */
record LaneOperation(String signature, LaneLoop loop) {

    boolean isWideResult() {
        return signature.charAt(0) == 'L';
    }

    int operands() {
        return signature.length() - 1;
    }

    boolean isWide(int operand) {
        return signature.charAt(operand + 1) == 'L';
    }
}
