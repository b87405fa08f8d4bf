package io.freshet.learning.learner;

import io.freshet.learning.parameters.Gradient;
import io.freshet.learning.parameters.StateLayout;
import java.util.Arrays;

/**
 * The count of samples learned when each block of a state last changed. A checkpoint or snapshot needs only the blocks that
 * changed since the previous one.
 */
final class BlockVersions {
    private final int rowWidth;
    private final int blockParameters;
    /** Base-2 logarithm of the count of rows in a block. */
    private final int rowShift;

    private final long[] versions;

    /** @param versions of each block of the layout; changed in place */
    BlockVersions(StateLayout layout, long[] versions) {
        rowWidth = layout.width();
        blockParameters = layout.blockParameters();
        rowShift = Integer.numberOfTrailingZeros(blockParameters / rowWidth);
        this.versions = versions;
    }

    long[] versions() {
        return versions;
    }

    /** Records the update by a gradient that led to this version. */
    void updated(Gradient gradient, long version) {
        if (versions.length == 1) {
            versions[0] = version;
            return;
        }
        if (gradient.width() == rowWidth) {
            int from = gradient.factoredFrom();
            updated(gradient.factoredRows(), from, from + gradient.count(), version);
        } else {
            updatedParts(gradient, version);
        }
        if (gradient.denseLength() > 0) {
            Arrays.fill(versions, gradient.denseFrom() / blockParameters, versions.length, version);
        }
    }

    /** Records the update of the first {@code count} rows that led to this version. */
    void updatedFirst(int count, long version) {
        for (int block = 0; block <= (count - 1) >>> rowShift; block++) {
            versions[block] = version;
        }
    }

    /** Records the update of rows [from, to) that led to this version. */
    void updated(int[] rows, int from, int to, long version) {
        if (versions.length == 1) {
            versions[0] = version;
            return;
        }
        for (int i = from; i < to; i++) {
            versions[rows[i] >>> rowShift] = version;
        }
    }

    /** A row of an embedding table within a network can cross the border of two blocks. */
    private void updatedParts(Gradient gradient, long version) {
        int[] rows = gradient.rows();
        for (int i = 0; i < gradient.count(); i++) {
            int first = rows[i] * gradient.width();
            versions[first / blockParameters] = version;
            versions[(first + gradient.width() - 1) / blockParameters] = version;
        }
    }

    /** Records that every block changed. */
    void replaced(long version) {
        Arrays.fill(versions, version);
    }

    /** Records that all blocks that changed after one version changed again. */
    void replacedSince(long before, long version) {
        for (int block = 0; block < versions.length; block++) {
            if (versions[block] > before) {
                versions[block] = version;
            }
        }
    }
}
