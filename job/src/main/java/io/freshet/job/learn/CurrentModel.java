package io.freshet.job.learn;

import io.freshet.job.publish.LearnOutput;
import io.freshet.job.publish.PublishSchedule;
import io.freshet.job.publish.RecordFactory;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.state.ModelState;
import io.freshet.job.state.ModelStateCache;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.stream.KeyState;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The keyed state of the current model key. One object is reused for all keys, to avoid an allocation for each sample. Its
 * contents are valid until another key becomes current.
 */
final class CurrentModel implements KeyState<Exception> {
    private final ModelStateCache states;
    private final PublishSchedule snapshots;
    private final RecordFactory records;
    private final LearnOutput out;
    private String modelKey = "";
    private @Nullable ModelState stored;
    private @Nullable ModelState state;

    CurrentModel(ModelStateCache states, PublishSchedule snapshots, RecordFactory records, LearnOutput out) {
        this.states = states;
        this.snapshots = snapshots;
        this.records = records;
        this.out = out;
    }

    /** Reads the state of the current key; returns null if there is none. */
    @Nullable ModelState read(String key) throws Exception {
        ModelState read = states.get(key);
        use(key, read);
        return read;
    }

    /** Sets the state of the current key. */
    void use(String key, @Nullable ModelState current) {
        modelKey = key;
        stored = current;
        state = current;
    }

    /** Stores a new state; an existing one was changed in place. */
    void save() throws Exception {
        ModelState current = state();
        if (current != stored) {
            states.put(modelKey, current);
            stored = current;
        }
    }

    String modelKey() {
        return modelKey;
    }

    ModelState state() {
        return Objects.requireNonNull(state, modelKey);
    }

    @Override
    public String key() {
        return ModelKey.key(modelKey);
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

    /** Deletes the state, and sends tombstones of its snapshots and evaluations. */
    @Override
    public void delete() throws Exception {
        snapshots.delete(modelKey, state());
        out.send(OutputRecord.EVALUATIONS, records.deleteEvaluations(modelKey));
        states.remove(modelKey);
        use(modelKey, null);
    }
}
