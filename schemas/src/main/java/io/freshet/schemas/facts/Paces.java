package io.freshet.schemas.facts;

import io.freshet.learning.evaluation.Metrics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How fast each model key learns, from its last two evaluations. Not thread-safe. */
final class Paces {
    private static final long SHORTEST_IDLE_MILLIS = Duration.ofMinutes(1).toMillis();
    /** A key is idle after this many of its intervals without an evaluation. */
    private static final int IDLE_INTERVALS = 3;
    /** An evaluation takes this long to be read, at most. */
    private static final long LATE_MILLIS = 5_000;

    private final Map<String, Map<String, Pace>> models = new HashMap<>();

    /**
     * The progress between the last two evaluations of a key.
     *
     * @param samples learned between them
     * @param intervalMillis time between them; 0 if there is only one
     */
    private record Pace(Evaluation newest, long samples, long intervalMillis) {
        Pace next(Evaluation evaluation) {
            boolean continues = newest.incarnation().isSameIncarnation(evaluation.incarnation());
            return new Pace(
                    evaluation,
                    continues ? Math.max(0, evaluation.version() - newest.version()) : 0,
                    Math.max(0, evaluation.emittedAt() - newest.emittedAt()));
        }

        boolean isIdle(long now) {
            return now - newest.emittedAt() > Math.max(SHORTEST_IDLE_MILLIS, IDLE_INTERVALS * intervalMillis);
        }

        /** A window ends after a number of samples. So while the next one is late, fewer samples arrive. */
        double mostPerSecond(long now) {
            Metrics window = newest.window().metrics();
            long most = Math.max(samples, window == null ? 0 : window.samples());
            long interval = intervalMillis > 0
                    ? intervalMillis
                    : newest.emittedAt() - newest.window().startedAt();
            return most * 1000.0 / Math.max(1, Math.max(interval, now - newest.emittedAt() - LATE_MILLIS));
        }

        double perSecond(long now) {
            return isIdle(now) || intervalMillis == 0 ? 0 : samples * 1000.0 / intervalMillis;
        }
    }

    void add(Evaluation evaluation) {
        models.computeIfAbsent(evaluation.model(), model -> new HashMap<>())
                .merge(evaluation.key(), new Pace(evaluation, 0, 0), (known, first) -> known.next(evaluation));
    }

    void remove(String model, String key) {
        Map<String, Pace> keys = models.get(model);
        if (keys != null && keys.remove(key) != null && keys.isEmpty()) {
            models.remove(model);
        }
    }

    void remove(String model) {
        models.remove(model);
    }

    /** Returns whether a model was evaluated, but no key of it for longer than usual. */
    boolean isIdle(String model, long now) {
        return models.containsKey(model) && keys(model).stream().allMatch(pace -> pace.isIdle(now));
    }

    /** Returns the samples that a model learns per second, over all keys. */
    double perSecond(String model, long now) {
        return keys(model).stream().mapToDouble(pace -> pace.perSecond(now)).sum();
    }

    /** Returns the samples that a model has learned per second lately, over all keys, at most. */
    double mostPerSecond(String model, long now) {
        return keys(model).stream().mapToDouble(pace -> pace.mostPerSecond(now)).sum();
    }

    private Collection<Pace> keys(String model) {
        Map<String, Pace> keys = models.get(model);
        return keys == null ? List.of() : keys.values();
    }
}
