package crosscut.simulator.execution;

/** In which order the lanes of a warp run between synchronisations; also the order of the warps of a block. Each order hides defects that another shows. */
public enum LaneOrder {
    /** All lanes at once, as hardware mostly does. */
    LOCK_STEP,
    /** One lane after the other, each to its next synchronisation, lowest first. */
    LANE_FORWARD,
    /** Highest first. */
    LANE_REVERSE,
    /** In an order drawn from the seed. */
    LANE_RANDOM
}
