package io.freshet.learning.learner;

import io.freshet.learning.model.Gradient;
import io.freshet.learning.model.StateLayout;
import java.util.Arrays;

/**
 * Updates the versions of a state's blocks: the count of samples learned when each last changed. A checkpoint or snapshot
 * needs only the blocks that changed since the previous one.
 */
final class BlockVersions {
    private BlockVersions() {}

    /** Returns the base-2 logarithm of the count of rows in a block. */
    private static int rowShift(StateLayout layout) {
        return Integer.numberOfTrailingZeros(layout.blockParameters() / layout.width());
    }

    /** Records the update by a gradient that led to this version. */
    static void updated(long[] versions, StateLayout layout, Gradient gradient, long version) {
        int blockParameters = layout.blockParameters();
        if (gradient.width() == layout.width()) {
            int from = gradient.factoredFrom();
            updated(versions, layout, gradient.factoredRows(), from, from + gradient.count(), version);
        } else {
            updatedParts(versions, blockParameters, gradient, version);
        }
        if (gradient.denseLength() > 0) {
            Arrays.fill(versions, gradient.denseFrom() / blockParameters, versions.length, version);
        }
    }

    /** Records the update of the first {@code count} rows that led to this version. */
    static void updatedFirst(long[] versions, StateLayout layout, int count, long version) {
        Arrays.fill(versions, 0, ((count - 1) >>> rowShift(layout)) + 1, version);
    }

    /** Records the update of rows [from, to) that led to this version. */
    static void updated(long[] versions, StateLayout layout, int[] rows, int from, int to, long version) {
        int rowShift = rowShift(layout);
        for (int i = from; i < to; i++) {
            versions[rows[i] >>> rowShift] = version;
        }
    }

    /** A row of an embedding table within a network can cross the border of two blocks. */
    private static void updatedParts(long[] versions, int blockParameters, Gradient gradient, long version) {
        int[] rows = gradient.rows();
        for (int i = 0; i < gradient.count(); i++) {
            int first = rows[i] * gradient.width();
            versions[first / blockParameters] = version;
            versions[(first + gradient.width() - 1) / blockParameters] = version;
        }
    }

    /** Records that every block changed. */
    static void replaced(long[] versions, long version) {
        Arrays.fill(versions, version);
    }

    /** Records that all blocks that changed after one version changed again. */
    static void replacedSince(long[] versions, long before, long version) {
        for (int block = 0; block < versions.length; block++) {
            if (versions[block] > before) {
                versions[block] = version;
            }
        }
    }
}
