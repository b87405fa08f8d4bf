package io.freshet.server.inspect;

import io.freshet.learning.predict.ParameterNames;
import io.freshet.learning.predict.SeenNames;
import io.freshet.learning.predict.Snapshot;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.ServedSpec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Finds the features whose parameters changed most between two versions, in one pass over the parameters that the versions do
 * not share. Not thread-safe.
 */
final class Movers {
    private static final int LISTED = 10;
    private static final Comparator<Change> SMALLEST_FIRST = Comparator.comparingDouble(Change::norm);

    private final ParameterNames names;
    private final PriorityQueue<Change> largest = new PriorityQueue<>(SMALLEST_FIRST);
    // The feature that is being added up: its first changed parameter, and its changes so far.
    private int group;
    private int first;
    private int parameters;
    private double squares;
    private float before;
    private float after;

    /**
     * The parameters of a feature or layer that changed, with the values of the first one.
     *
     * @param first index of the first one
     * @param norm of the changes
     */
    private record Change(int first, int parameters, double norm, float before, float after) {}

    private Movers(ParameterNames names) {
        this.names = names;
    }

    /**
     * Returns the features that changed most between the two newest versions of a key, as JSON, the largest change first; an
     * empty array if the server has no older version of the same specification.
     *
     * @param key a known key, or "" for a model without a key
     * @param seen returns the names of a specification's hashed features, by their buckets; not called if none is listed
     */
    static JsonObject of(ServedModel model, String key, BiFunction<ServedSpec, BitSet, SeenNames> seen) {
        List<ParameterSet> versions = model.versions(key);
        JsonArray movers = new JsonArray();
        JsonObject json = new JsonObject().put("name", model.name());
        if (versions.size() > 1 && versions.get(0).served() == versions.get(1).served()) {
            Snapshot before = versions.get(1).snapshot();
            Snapshot after = versions.get(0).snapshot();
            between(before, after, buckets -> seen.apply(versions.get(0).served(), buckets))
                    .forEach(mover -> movers.add(mover.json()));
            json.put("from", Long.toString(before.version())).put("to", Long.toString(after.version()));
        }
        return json.put("movers", movers);
    }

    static List<Mover> between(Snapshot before, Snapshot after, Function<BitSet, SeenNames> seen) {
        Movers movers = new Movers(new ParameterNames(after.spec()));
        after.values().differences(before.values(), movers::add);
        movers.finish();
        return movers.named(seen);
    }

    private List<Mover> named(Function<BitSet, SeenNames> seen) {
        BitSet buckets = new BitSet();
        largest.stream()
                .mapToInt(change -> names.bucket(change.first))
                .filter(bucket -> bucket >= 0)
                .forEach(buckets::set);
        ParameterNames known = buckets.isEmpty() ? names : names.with(seen.apply(buckets));
        return largest.stream()
                .sorted(SMALLEST_FIRST.reversed())
                .map(each -> new Mover(
                        each.parameters == 1 ? known.name(each.first) : known.groupName(each.first),
                        each.parameters,
                        each.norm,
                        each.before,
                        each.after))
                .toList();
    }

    private void add(int index, float was, float is) {
        int in = names.group(index);
        if (in != group) {
            finish();
        }
        if (parameters == 0) {
            group = in;
            first = index;
            before = was;
            after = is;
        }
        parameters++;
        squares += ((double) is - was) * ((double) is - was);
    }

    /** Keeps the feature if it is one of those that changed most, and starts the next one. */
    private void finish() {
        double change = Math.sqrt(squares);
        Change least = largest.peek();
        if (parameters > 0 && (largest.size() < LISTED || least == null || change > least.norm)) {
            largest.add(new Change(first, parameters, change, before, after));
            if (largest.size() > LISTED) {
                largest.remove();
            }
        }
        parameters = 0;
        squares = 0;
    }
}
