package io.freshet.server.inspect;

import io.freshet.learning.predict.ParameterNames;
import io.freshet.learning.predict.Snapshot;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedModel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Finds the features whose parameters changed most between two versions, in one pass over the parameters that the versions do
 * not share. Not thread-safe.
 */
public final class Movers {
    private static final int LISTED = 10;

    private final ParameterNames names;
    private final PriorityQueue<Mover> largest = new PriorityQueue<>(Mover.SMALLEST_FIRST);
    // The feature that is being added up: its first changed parameter, and its changes so far.
    private int group;
    private int first;
    private int parameters;
    private double squares;
    private float before;
    private float after;

    private Movers(ParameterNames names) {
        this.names = names;
    }

    /**
     * Returns the features that changed most between the two newest versions of a key, as JSON, the largest change first; an
     * empty array if the server has no older version of the same specification.
     *
     * @param key a known key, or "" for a model without a key
     */
    public static JsonObject of(ServedModel model, String key) {
        List<ParameterSet> versions = model.versions(key);
        JsonArray movers = new JsonArray();
        JsonObject json = new JsonObject().put("name", model.name());
        if (versions.size() > 1 && versions.get(0).served() == versions.get(1).served()) {
            Snapshot before = versions.get(1).snapshot();
            Snapshot after = versions.get(0).snapshot();
            between(before, after).forEach(mover -> movers.add(mover.json()));
            json.put("from", Long.toString(before.version())).put("to", Long.toString(after.version()));
        }
        return json.put("movers", movers);
    }

    static List<Mover> between(Snapshot before, Snapshot after) {
        Movers movers = new Movers(new ParameterNames(after.spec()));
        after.values().differences(before.values(), movers::add);
        movers.finish();
        return movers.largest.stream().sorted(Mover.SMALLEST_FIRST.reversed()).toList();
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
        Mover least = largest.peek();
        if (parameters > 0 && (largest.size() < LISTED || least == null || change > least.change())) {
            String name = parameters == 1 ? names.name(first) : names.groupName(first);
            largest.add(new Mover(name, parameters, change, before, after));
            if (largest.size() > LISTED) {
                largest.remove();
            }
        }
        parameters = 0;
        squares = 0;
    }
}
