package io.freshet.job.learn;

import io.freshet.job.publish.PublishSchedule;
import io.freshet.job.record.ModelKey;
import io.freshet.job.specs.ActiveLearners;
import io.freshet.job.state.ModelState;
import io.freshet.job.state.ModelStateCache;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.stream.KeyState;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.util.function.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/**
 * The model of Flink's current key. One object is reused for all keys, to avoid an allocation for each sample. Its state is valid
 * until the current key changes; {@link #read()} reads that of the next one.
 */
final class CurrentModel implements KeyState<Exception> {
    private final KeyedStateBackend<String> backend;
    private final ModelStateCache states;
    private final ActiveLearners learners;
    private final PublishSchedule snapshots;
    private @Nullable ModelState stored;
    private @Nullable ModelState state;

    CurrentModel(
            KeyedStateBackend<String> backend,
            ModelStateCache states,
            ActiveLearners learners,
            PublishSchedule snapshots) {
        this.backend = backend;
        this.states = states;
        this.learners = learners;
        this.snapshots = snapshots;
    }

    /** Makes a model key the current key, and reads its state; returns null if there is none. */
    @Nullable ModelState read(String modelKey) throws Exception {
        backend.setCurrentKey(modelKey);
        return read();
    }

    /** Reads the state of the current key; returns null if there is none. */
    @Nullable ModelState read() throws Exception {
        ModelState read = states.get(modelKey());
        use(read);
        return read;
    }

    /** Runs an action for each of the wanted model keys that have a state, as the current key. */
    void forEach(Predicate<String> wanted, ThrowingRunnable<Exception> action) throws Exception {
        states.forEach(wanted, (modelKey, each) -> {
            use(each);
            action.run();
        });
    }

    private void use(@Nullable ModelState current) {
        stored = current;
        state = current;
    }

    /** Stores a new state; an existing one was changed in place. */
    void save() throws Exception {
        ModelState current = state();
        if (current != stored) {
            states.put(modelKey(), current);
            stored = current;
        }
    }

    String modelKey() {
        return backend.getCurrentKey();
    }

    ModelState state() {
        return Objects.requireNonNull(state, modelKey());
    }

    /** Returns the learner that the state was last trained with, or another that can continue from it; null if none can. */
    @Nullable Learner lastLearner() {
        return state == null ? null : learners.of(ModelKey.model(modelKey()), state);
    }

    @Override
    public String key() {
        return ModelKey.key(modelKey());
    }

    @Override
    public @Nullable LearnerState learner() {
        return state == null ? null : state.learner();
    }

    @Override
    public String stateHash() {
        return state().stateHash();
    }

    @Override
    public long newestEventTime() {
        return state().activity().newest();
    }

    @Override
    public void active(Sample sample) {
        state().useActivity().record(sample.partition(), sample.eventTime());
    }

    @Override
    public LearnerState start(Learner learner) {
        ModelState started = ModelState.start(learner, state);
        state = started;
        return started.learner();
    }

    @Override
    public void replace(Learner learner, LearnerState changed) {
        state = state().continued(learner.stateHash(), changed);
    }

    /** Deletes the state, and sends tombstones of what was published from it. */
    @Override
    public void delete() throws Exception {
        snapshots.delete(modelKey(), state());
        states.remove(modelKey());
        use(null);
    }
}
