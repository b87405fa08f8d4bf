package io.freshet.server.metrics;

import io.freshet.schemas.facts.JoinProblem;
import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.loop.LatestJoin;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is known about the joins of models at the time of a scrape. Labels are the model, the names of counts and problems, and
 * three quantiles; values of fields are on the page only. Not thread-safe.
 */
final class JoinGauges {
    private static final double[] QUANTILES = {0.5, 0.9, 0.99};

    private final MeterRegistry registry;
    private final ModelConditions conditions;
    private final Map<String, List<Meter>> counters = new HashMap<>();
    private final MultiGauge ids;
    private final MultiGauge watermark;
    private final MultiGauge delay;
    private final MultiGauge served;
    private final MultiGauge expected;
    private final MultiGauge problems;

    JoinGauges(MeterRegistry registry, ModelConditions conditions) {
        this.registry = registry;
        this.conditions = conditions;
        ids = gauge("freshet.join.ids", "Ids in the state of the join: open requests, and outcomes without a request");
        watermark = gauge("freshet.join.watermark.age.seconds", "Now minus the event time that the join has reached");
        delay = gauge(
                "freshet.join.delay.seconds",
                "Time from a request to its first outcome, of closed requests since the start");
        served = gauge("freshet.served.loss", "Mean loss of the answers of the last window of final labels");
        expected = gauge("freshet.served.expected.loss", "Mean loss that the predictions of that window expect");
        problems = gauge("freshet.join.problem", "1 for each problem of the join");
    }

    private MultiGauge gauge(String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }

    /**
     * Replaces the values of all models.
     *
     * @param now milliseconds since 1970, UTC
     */
    void update(Set<String> models, long now) {
        Map<String, LatestJoin> joins = new HashMap<>();
        for (String model : models) {
            LatestJoin join = conditions.join(model);
            if (join != null) {
                joins.put(model, join);
            }
        }
        register(joins.keySet());
        rows(watermark, joins, join -> seconds(join.watermarkMillis(now)));
        rows(served, joins, LatestJoin::servedLoss);
        rows(expected, joins, LatestJoin::expectedLoss);
        List<MultiGauge.Row<?>> levels = new ArrayList<>();
        List<MultiGauge.Row<?>> delays = new ArrayList<>();
        joins.forEach((model, join) -> {
            Tags tags = Tags.of("model", model);
            for (JoinCount count : JoinCount.values()) {
                if (count.isLevel()) {
                    levels.add(MultiGauge.Row.of(tags.and("state", count.field()), join.count(count)));
                }
            }
            for (double quantile : QUANTILES) {
                Double value = seconds(join.newest().delays().quantile(quantile));
                if (value != null) {
                    delays.add(MultiGauge.Row.of(tags.and("quantile", Double.toString(quantile)), value));
                }
            }
        });
        ids.register(levels, true);
        delay.register(delays, true);
        problems.register(problems(models, now), true);
    }

    private List<MultiGauge.Row<?>> problems(Set<String> models, long now) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        for (String model : models) {
            for (JoinProblem problem : conditions
                    .joinProblems(model, conditions.of(model, now), now)
                    .keySet()) {
                rows.add(MultiGauge.Row.of(Tags.of("model", model, "problem", problem.label()), 1));
            }
        }
        return rows;
    }

    private static void rows(
            MultiGauge gauge, Map<String, LatestJoin> joins, Function<LatestJoin, @Nullable Double> value) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        joins.forEach((model, join) -> {
            Double number = value.apply(join);
            if (number != null) {
                rows.add(MultiGauge.Row.of(Tags.of("model", model), number));
            }
        });
        gauge.register(rows, true);
    }

    private static @Nullable Double seconds(@Nullable Long millis) {
        return millis == null ? null : (Double) (millis / 1e3);
    }

    /** Registers the counters of new models, and removes those of models that are gone. */
    private void register(Set<String> models) {
        counters.entrySet().removeIf(entry -> {
            boolean gone = !models.contains(entry.getKey());
            if (gone) {
                entry.getValue().forEach(registry::remove);
            }
            return gone;
        });
        for (String model : models) {
            counters.computeIfAbsent(model, this::counters);
        }
    }

    private List<Meter> counters(String model) {
        List<Meter> meters = new ArrayList<>();
        for (JoinCount count : JoinCount.values()) {
            if (!count.isLevel()) {
                meters.add(FunctionCounter.builder("freshet.join.records", conditions, any -> count(model, count))
                        .description("Records and ids that the join of the model has counted since its start")
                        .tag("model", model)
                        .tag("count", count.field())
                        .register(registry));
            }
        }
        return meters;
    }

    private double count(String model, JoinCount count) {
        LatestJoin join = conditions.join(model);
        return join == null ? 0 : join.count(count);
    }
}
