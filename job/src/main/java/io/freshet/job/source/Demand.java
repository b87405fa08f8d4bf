package io.freshet.job.source;

import java.io.Serializable;
import java.util.TreeSet;

/**
 * What one subtask of an operator wants from the source, given the samples that it buffers.
 *
 * @param full partitions of which it buffers enough
 * @param awaited partitions whose samples it needs before it can use those of a full one
 */
public record Demand(TreeSet<Integer> full, TreeSet<Integer> awaited) implements Serializable {
    private static final long serialVersionUID = 1;

    /** Returns the demand for samples of every partition. */
    public static Demand all() {
        return new Demand(new TreeSet<>(), new TreeSet<>());
    }
}
