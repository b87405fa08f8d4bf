package io.freshet.cli.train;

import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.SampleId;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.stream.Deduplicator;
import io.freshet.learning.stream.InMemoryKey;
import io.freshet.learning.stream.StreamLearner;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The models of one specification, one for each model key, on the heap. They learn by the rule of the job. Not thread-safe. */
public final class LocalModels implements LocalLearner {
    private final Learner learner;
    private final ModelReports reports;
    private final StreamLearner<RuntimeException> withoutIds;
    private final Map<String, Model> models = new HashMap<>();

    /** A model, and the rule with the ids that it has received. */
    private record Model(InMemoryKey state, StreamLearner<RuntimeException> stream) {}

    public LocalModels(Learner learner, ModelReports reports) {
        this.learner = learner;
        this.reports = reports;
        withoutIds = stream();
    }

    private StreamLearner<RuntimeException> stream() {
        return new StreamLearner<>(Deduplicator.inMemory(), reports);
    }

    /** Returns whether no sample was learned. */
    public boolean isEmpty() {
        return models.isEmpty();
    }

    /** Sets the state of a model key. */
    public void put(String modelKey, LearnerState state) {
        add(modelKey, state);
    }

    private Model add(String modelKey, LearnerState state) {
        boolean deduplicates = learner.spec().stream().deduplicateMillis() > 0;
        Model model = new Model(
                new InMemoryKey(ModelKey.key(modelKey), learner, state), deduplicates ? stream() : withoutIds);
        models.put(modelKey, model);
        return model;
    }

    @Override
    public void receive(KeyedSample sample) {
        receive(sample.modelKey(), sample.sample(), sample.id());
    }

    /**
     * Learns a sample into a model.
     *
     * @param id null if the sample has none
     */
    public void receive(String modelKey, Sample sample, @Nullable SampleId id) {
        Model known = models.get(modelKey);
        Model model = known == null ? add(modelKey, learner.start()) : known;
        reports.use(model.state.key());
        model.stream.receive(learner, model.state, sample, id);
    }

    @Override
    public void finish() {
        for (Iterator<Model> left = models.values().iterator(); left.hasNext(); left.remove()) {
            Model model = left.next();
            reports.use(model.state.key());
            model.stream.finish(learner, model.state.learner());
            reports.rejected(learner);
            reports.finished(learner, model.state.learner());
        }
    }

    /** Passes the state of each model key. */
    public void forEach(BiConsumer<String, LearnerState> action) {
        models.forEach((modelKey, model) -> action.accept(modelKey, model.state.learner()));
    }
}
