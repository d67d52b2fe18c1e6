package crosscut.simulator.check;

/**
 * One thing that is wrong.
 *
 * @param kind what
 * @param place where in a kernel, or null for what the host did
 * @param text the rest: addresses, the other side of a race
 */
public record Finding(FindingKind kind, Place place, String text) {

    @Override
    public String toString() {
        return kind.text() + (place == null ? "" : " in " + place) + ": " + text;
    }
}
