package io.freshet.benchmarks.labels;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.SampleId;
import io.freshet.learning.features.Stage;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.state.LearnerState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** Lets a learner predict requests and learn their labels as they arrive, and compares its predictions with the truth. */
final class LabelRun {
    private final Learner learner;
    private final LearnerState state;
    private final Method method;
    private long offset;

    LabelRun(Subject subject, Method method) {
        this(subject.spec(method.join()), method);
    }

    /** @param spec with {@link Method#join} */
    LabelRun(ModelSpec spec, Method method) {
        learner = new Learner(spec);
        state = learner.start();
        this.method = method;
    }

    /** Runs all requests, until the last has been predicted. */
    LabelResult run(List<Request> requests) {
        LabelResult result = new LabelResult();
        int end = requests.get(requests.size() - 1).second();
        for (LabelEvent event : LabelEvent.of(requests, method)) {
            if (event.second() > end) {
                break;
            }
            if (event.stage() == null) {
                result.add(event.request(), predict(event.request()));
            } else {
                learn(event);
            }
        }
        return result;
    }

    /** Returns the prediction for a request. */
    double predict(Request request) {
        // A sample of weight 0 is predicted, but not learned.
        learner.learn(state, sample(new LabelEvent(request.second(), request, Stage.COMPLETE, 0, 0), 0));
        return learner.lastPrediction()[0];
    }

    /** Learns a sample. */
    void learn(LabelEvent event) {
        learner.learn(state, sample(event, 1));
    }

    private Sample sample(LabelEvent event, float weight) {
        Request request = event.request();
        boolean hasCategory = request.category() >= 0;
        int[] rows = hasCategory ? new int[] {1 + request.category()} : new int[0];
        float[] values = hasCategory ? new float[] {1} : new float[0];
        Sample.Features features = new Sample.Features(request.numbers(), new float[0], rows, new int[0], values);
        float[] label = {event.label()};
        Sample.Position position = new Sample.Position(0, offset++, (long) (1000 * event.second()), 0);
        Stage stage = Objects.requireNonNull(event.stage(), "stage");
        if (stage == Stage.COMPLETE) {
            return new Sample(features, label, weight, false, position);
        }
        byte[] name = Integer.toString(request.second()).getBytes(StandardCharsets.UTF_8);
        SampleId id = SampleId.of(name, 0, name.length, 0);
        if (stage == Stage.CLOSED) {
            return Sample.closed(label, false, position, id);
        }
        float previous = stage == Stage.CHANGED ? event.previous() : Float.NaN;
        return new Sample(features, label, weight, false, position, new Sample.Revision(stage, id, previous));
    }
}
