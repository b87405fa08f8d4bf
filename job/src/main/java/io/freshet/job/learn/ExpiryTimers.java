package io.freshet.job.learn;

import io.freshet.job.record.ModelKey;
import io.freshet.job.specs.ActiveLearners;
import io.freshet.job.state.Activity;
import io.freshet.job.state.ModelState;
import io.freshet.job.state.PartitionEventTimes;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.stream.EventTimes;
import io.freshet.learning.stream.StreamLearner;
import java.time.Duration;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;

/**
 * Deletes the models of keys that received no sample within their time to live.
 *
 * <pre>
 *   a sample starts its key's model from scratch   if eventTime - newest &gt; timeToLive
 *   a timer deletes the key's model                if partitionTime - newest &gt; 2 * timeToLive
 * </pre>
 *
 * {@code newest} is the newest event time of the key, and {@code partitionTime} is that of {@link PartitionEventTimes}. {@code
 * StreamLearner} applies the first rule, which depends on the key's samples only. This class applies the second, which frees
 * space. It deletes a model that the first rule would keep only if a sample is late in its partition by more than {@code
 * timeToLive}. The states of a model that failed are kept, since it may continue from them.
 */
@SuppressWarnings("NullAway.Init") // open is called before anything else.
final class ExpiryTimers implements Triggerable<String, VoidNamespace> {
    /** Timers are rounded up to this fraction of the time to live, so that timers of one key coincide. */
    private static final int GRID = 4;
    /** Time between looks for a specification that can be used. Also stands for a time to live that is not known. */
    private static final long UNKNOWN = Duration.ofHours(1).toMillis();

    private final PartitionEventTimes times = new PartitionEventTimes();
    private final CurrentModel current;
    private final ActiveLearners learners;
    private final BufferedSamples buffered;
    private final StreamLearner<Exception> stream;
    private InternalTimerService<VoidNamespace> timers;

    ExpiryTimers(
            CurrentModel current, ActiveLearners learners, BufferedSamples buffered, StreamLearner<Exception> stream) {
        this.current = current;
        this.learners = learners;
        this.buffered = buffered;
        this.stream = stream;
    }

    void open(InternalTimerService<VoidNamespace> service) {
        timers = service;
    }

    /** Records a learned sample of the current key. */
    void learned(Learner learner, ModelState state, Sample sample) {
        long timeToLive = learner.spec().stream().timeToLiveMillis();
        if (timeToLive == 0) {
            return;
        }
        times.learned(sample.partition(), sample.eventTime());
        Activity activity = state.useActivity();
        if (!activity.timer()) {
            setTimer(activity, timeToLive);
        }
    }

    private void setTimer(Activity activity, long timeToLive) {
        long time = times.of(activity.partition());
        long wait = 2 * timeToLive;
        if (time != EventTimes.NONE) {
            wait = Math.max(timeToLive / 2, Math.min(wait, wait - EventTimes.difference(time, activity.newest())));
        }
        long grid = Math.max(1, timeToLive / GRID);
        long at = ((timers.currentProcessingTime() + wait) / grid + 1) * grid;
        timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, at);
        activity.timer(true);
    }

    /** Flink has made the timer's key the current key. */
    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        String modelKey = timer.getKey();
        String model = ModelKey.model(modelKey);
        if (learners.failure(model) != null) {
            // Its states are kept. Reading and writing each of them again would change nothing.
            timers.registerProcessingTimeTimer(
                    VoidNamespace.INSTANCE, (timers.currentProcessingTime() / UNKNOWN + 1) * UNKNOWN);
            return;
        }
        ModelState state = current.read();
        if (state == null) {
            return;
        }
        Activity activity = state.useActivity();
        activity.timer(false);
        Learner learner = learners.current(model);
        long timeToLive = learner == null ? UNKNOWN : learner.spec().stream().timeToLiveMillis();
        if (timeToLive == 0) {
            return;
        }
        long time = times.of(activity.partition());
        if (learner != null
                && time != EventTimes.NONE
                && EventTimes.isExpired(activity.newest(), time, 2 * timeToLive)
                && !buffered.contains(modelKey)) {
            stream.delete(current);
        } else {
            setTimer(activity, timeToLive);
        }
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) {
        throw new IllegalStateException("unexpected event-time timer");
    }
}
