package crosscut.simulator.mutation;

/** Defects that a mutation puts into a kernel. */
public enum MutationKind {

    /** A barrier of a block or a warp is left out. */
    DROPPED_BARRIER,

    /** An atomic update becomes a load, an operation and a store. */
    PLAIN_UPDATE,

    /** A store goes to the other side of a barrier. */
    MOVED_STORE,

    /** A comparison is off by one: less than becomes less than or equal, and so on. */
    SHIFTED_COMPARISON
}
