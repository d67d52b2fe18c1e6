package crosscut.kernels.device;

/**
 * A batch cut into slices of its samples. Slices of a group follow each other and share memory; groups are independent of each other. Sizes of slices differ by
 * one sample at most.
 *
 * @param batch samples, 0 or more
 * @param groups at least 1
 * @param slicesPerGroup at least 1
 */
public record SampleSlices(int batch, int groups, int slicesPerGroup) {

    public SampleSlices {
        if (groups < 1 || slicesPerGroup < 1) {
            throw new IllegalArgumentException(groups + " groups of " + slicesPerGroup + " slices");
        }
    }

    /** One slice. */
    public static SampleSlices whole(int batch) {
        return new SampleSlices(batch, 1, 1);
    }

    /** Whether there is but one slice. */
    public boolean isWhole() {
        return count() == 1;
    }

    /** Slices of all groups. */
    public int count() {
        return groups * slicesPerGroup;
    }

    /** First sample of a slice; that of {@link #count()} is the end of the batch. Slices of group g begin at {@code g * slicesPerGroup}. */
    public int first(int slice) {
        return (int) ((long) slice * batch / count());
    }

    /** Samples of a slice. */
    public int rows(int slice) {
        return first(slice + 1) - first(slice);
    }

    /** Samples of the largest slice. */
    public int mostRows() {
        return Math.ceilDiv(batch, count());
    }
}
