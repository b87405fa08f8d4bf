package io.freshet.learning.stream;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The state of key {@code k1} on the heap; records its changes. */
final class HeapKey implements KeyState<RuntimeException> {
    @Nullable LearnerState state;

    boolean recordsActivity = true;

    private final List<String> events;
    private String stateHash = "";
    private long newest = EventTimes.NONE;

    HeapKey(List<String> events) {
        this.events = events;
    }

    @Override
    public String key() {
        return "k1";
    }

    @Override
    public @Nullable LearnerState learner() {
        return state;
    }

    @Override
    public String stateHash() {
        return stateHash;
    }

    @Override
    public long newestEventTime() {
        return newest;
    }

    @Override
    public void active(Sample sample) {
        newest = recordsActivity ? Math.max(newest, sample.eventTime()) : EventTimes.NONE;
    }

    @Override
    public LearnerState start(Learner with) {
        events.add("start");
        stateHash = with.stateHash();
        state = with.start();
        return state;
    }

    @Override
    public void replace(Learner with, LearnerState changed) {
        events.add("replace");
        stateHash = with.stateHash();
        state = changed;
    }

    @Override
    public void delete() {
        events.add("delete");
        state = null;
        newest = EventTimes.NONE;
    }
}
