package io.freshet.job.learn;

import io.freshet.job.state.Activity;
import io.freshet.job.state.ModelState;
import io.freshet.job.state.PartitionEventTimes;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.jspecify.annotations.Nullable;

/**
 * Forgets the models of keys that got no sample for as long as the specification says.
 *
 * <pre>
 *   a sample starts its key's model anew   if its event time - the newest one of the key &gt; timeToLive
 *   a timer forgets the model of a key     if the time of its partition - the newest one of the key &gt; 2 * timeToLive
 * </pre>
 *
 * The first rule is a function of the key's samples. The second frees room, and forgets only what the first would, unless a
 * sample comes that is more than {@code timeToLive} older than others of its partition before it.
 */
@SuppressWarnings("NullAway.Init") // open comes before anything else.
final class TimeToLive implements Triggerable<String, VoidNamespace> {
    /** Timers are set at multiples of this part of the time to live, so that two for one key are one. */
    private static final int GRID = 4;

    private final PartitionEventTimes times = new PartitionEventTimes();
    private final Forgetting forgetting;
    private InternalTimerService<VoidNamespace> timers;

    /** What there is of a key, and how to forget it. */
    interface Forgetting {
        /** Returns the state of a key, if it may be forgotten now. */
        @Nullable ModelState state(String address) throws Exception;

        @Nullable Learner learner(String address, ModelState state);

        /** Whether samples of the key are here that are not learned yet. */
        boolean isAwaited(String address);

        void forget(String address, ModelState state) throws Exception;
    }

    TimeToLive(Forgetting forgetting) {
        this.forgetting = forgetting;
    }

    void open(InternalTimerService<VoidNamespace> service) {
        timers = service;
    }

    /** Whether a model's life was over when a sample came. */
    static boolean isOver(Learner learner, ModelState state, Sample sample) {
        long millis = learner.spec().stream().timeToLiveMillis();
        return millis > 0 && state.life().isOver(sample.eventTime(), millis);
    }

    /** Says that a sample of the current key was learned. */
    void learned(Learner learner, ModelState state, Sample sample) {
        long millis = learner.spec().stream().timeToLiveMillis();
        if (millis == 0) {
            return;
        }
        times.learned(sample.partition(), sample.eventTime());
        state.life().came(sample.partition(), sample.eventTime());
        if (!state.life().timer()) {
            setTimer(state.life(), millis);
        }
    }

    private void setTimer(Activity life, long millis) {
        long time = times.of(life.partition());
        long wait = 2 * millis;
        if (time != PartitionEventTimes.UNKNOWN) {
            wait = Math.max(millis / 2, Math.min(wait, wait - PartitionEventTimes.after(time, life.newest())));
        }
        long grid = Math.max(1, millis / GRID);
        long at = ((timers.currentProcessingTime() + wait) / grid + 1) * grid;
        timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, at);
        life.timer(true);
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        String address = timer.getKey();
        ModelState state = forgetting.state(address);
        if (state == null) {
            return;
        }
        Activity life = state.life();
        life.timer(false);
        Learner learner = forgetting.learner(address, state);
        long millis = learner == null ? 0 : learner.spec().stream().timeToLiveMillis();
        if (millis == 0) {
            return;
        }
        long time = times.of(life.partition());
        if (time != PartitionEventTimes.UNKNOWN && life.isOver(time, 2 * millis) && !forgetting.isAwaited(address)) {
            forgetting.forget(address, state);
        } else {
            setTimer(life, millis);
        }
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) {
        throw new IllegalStateException("no timer of event time is ever set");
    }
}
