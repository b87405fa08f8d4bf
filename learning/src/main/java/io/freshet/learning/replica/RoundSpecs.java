package io.freshet.learning.replica;

import io.freshet.learning.learner.FieldCodec;
import io.freshet.learning.learner.FlatArrays;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The specification of each round of a model, as YAML. A merged point announces a change before any replica can have opened the
 * round that it starts with:
 *
 * <pre>
 *   point k announces the specification of the rounds from k + 1 + staleness on
 * </pre>
 */
final class RoundSpecs {
    private final int staleness;
    /** Announced changes, by the first round that has them. */
    private final TreeMap<Long, String> announced = new TreeMap<>();
    /** The specification of the last round opened. */
    private String current;

    /** @param first specification of round 1 */
    RoundSpecs(int staleness, String first) {
        this.staleness = staleness;
        current = first;
    }

    int staleness() {
        return staleness;
    }

    /** Returns that of the last round opened. */
    String current() {
        return current;
    }

    /** Returns that of a round that is not opened yet. */
    String of(long round) {
        Map.Entry<Long, String> last = announced.floorEntry(round);
        return last == null ? current : last.getValue();
    }

    /** Returns that of all rounds for which no other is announced. */
    String newest() {
        return announced.isEmpty() ? current : announced.lastEntry().getValue();
    }

    /** Records what the point of a round announces. */
    void announced(long point, String specification) {
        announced.put(point + 1 + staleness, specification);
    }

    /** Opens a round, later than the one before. */
    void open(long round) {
        current = of(round);
        announced.headMap(round, true).clear();
    }

    void write(DataOutput out) throws IOException {
        FlatArrays.writeText(current, out);
        FieldCodec.write(
                announced.entrySet(),
                (change, to) -> {
                    to.writeLong(change.getKey());
                    FlatArrays.writeText(change.getValue(), to);
                },
                out);
    }

    /** Reads what was written. */
    static RoundSpecs read(int staleness, DataInput in) throws IOException {
        RoundSpecs specs = new RoundSpecs(staleness, FlatArrays.readText(in));
        for (int left = in.readInt(); left > 0; left--) {
            specs.announced.put(in.readLong(), FlatArrays.readText(in));
        }
        return specs;
    }
}
