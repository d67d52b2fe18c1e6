package crosscut.launcher.supervisor;

/**
 * The machines of one run, seen from one of them. Each runs a supervisor of its own with as many ranks.
 *
 * @param count how many
 * @param node this one, in [0, count)
 * @param meetingPlace how the ranks of all of them find each other
 */
public record Nodes(int count, int node, MeetingPlace meetingPlace) {

    /** This machine alone. */
    public static Nodes single() {
        return new Nodes(1, 0, MeetingPlace.create());
    }

    /** True for the node that has rank 0, which speaks for all. */
    public boolean isFirst() {
        return node == 0;
    }
}
