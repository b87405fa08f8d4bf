package io.freshet.server.metrics;

import io.freshet.schemas.facts.Condition;
import io.freshet.schemas.facts.State;
import io.freshet.server.store.ServedModel;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** What is known of each model at the time of a scrape. Not thread-safe. */
final class ModelGauges {
    private final MeterRegistry registry;
    private final ModelConditions conditions;
    private final MultiGauge age;
    private final MultiGauge version;
    private final MultiGauge keys;
    private final MultiGauge bytes;
    private final MultiGauge behind;
    private final MultiGauge catchingUp;
    private final MultiGauge state;
    private final MultiGauge rejected;
    private final MultiGauge failed;
    private final MultiGauge worse;
    private final MultiGauge published;
    private final JoinGauges joins;

    ModelGauges(MeterRegistry registry, ModelConditions conditions) {
        this.registry = registry;
        this.conditions = conditions;
        age = gauge(
                "freshet.model.age.seconds",
                "Now minus the newest event time learned by the parameters served; 0 while there is nothing they do not know");
        version = gauge("freshet.model.version", "Samples learned by the parameters served, over all keys");
        keys = gauge("freshet.model.keys", "Keys served; 1 for a model without a key");
        bytes = gauge("freshet.model.parameter.bytes", "Size of the parameters in memory");
        behind = gauge("freshet.model.records.behind", "Records of the samples topic not read or learned yet");
        catchingUp = gauge("freshet.model.catching.up", "1 while these are a backlog, otherwise 0");
        state = gauge("freshet.model.state", "1 for the state of the model");
        rejected = gauge(
                "freshet.model.rejected.per.second",
                "Records that the trainer rejects, over the last ten seconds; absent if unknown");
        failed = gauge("freshet.model.failed", "1 while the trainer does not learn the model");
        worse = gauge(
                "freshet.model.worse.than.constant",
                "1 while the model predicts worse than the best constant, otherwise 0");
        published = gauge("freshet.model.published.timestamp.seconds", "When the newest snapshot served was published");
        joins = new JoinGauges(registry, conditions);
    }

    /**
     * Replaces the values of all models.
     *
     * @param failures models that the trainer does not learn
     * @param now milliseconds since 1970, UTC
     */
    void update(List<ServedModel> models, Set<String> failures, long now) {
        rows(age, models, model -> conditions.ageSeconds(model.spec().spec(), model.watermark(), now));
        rows(version, models, ServedModel::samples);
        rows(published, models, model -> model.publishedAt() / 1e3);
        rows(keys, models, ServedModel::keys);
        rows(bytes, models, ServedModel::parameterBytes);
        Set<String> names = conditions.names();
        registerConditions(names, now);
        joins.update(names, now);
        failed.register(
                failures.stream()
                        .<MultiGauge.Row<?>>map(model -> MultiGauge.Row.of(Tags.of("model", model), 1))
                        .toList(),
                true);
    }

    private MultiGauge gauge(String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }

    private void registerConditions(Set<String> names, long now) {
        List<MultiGauge.Row<?>> behinds = new ArrayList<>();
        List<MultiGauge.Row<?>> backlogs = new ArrayList<>();
        List<MultiGauge.Row<?>> states = new ArrayList<>();
        List<MultiGauge.Row<?>> rejections = new ArrayList<>();
        List<MultiGauge.Row<?>> constants = new ArrayList<>();
        for (String name : names) {
            Condition condition = conditions.of(name, now);
            Tags model = Tags.of("model", name);
            states.add(MultiGauge.Row.of(model.and("state", condition.state().label()), 1));
            constants.add(MultiGauge.Row.of(model, conditions.isWorseThanConstant(name) ? 1 : 0));
            Double perSecond = conditions.rejectedPerSecond(name, now);
            if (perSecond != null) {
                rejections.add(MultiGauge.Row.of(model, perSecond));
            }
            if (condition.behind() != null) {
                behinds.add(MultiGauge.Row.of(model, condition.behind()));
                backlogs.add(MultiGauge.Row.of(model, condition.state() == State.CATCHING_UP ? 1 : 0));
            }
        }
        behind.register(behinds, true);
        catchingUp.register(backlogs, true);
        state.register(states, true);
        rejected.register(rejections, true);
        worse.register(constants, true);
    }

    private static void rows(MultiGauge gauge, List<ServedModel> models, ToDoubleFunction<ServedModel> value) {
        gauge.register(
                models.stream()
                        .<MultiGauge.Row<?>>map(
                                model -> MultiGauge.Row.of(Tags.of("model", model.name()), model, value))
                        .toList(),
                true);
    }
}
