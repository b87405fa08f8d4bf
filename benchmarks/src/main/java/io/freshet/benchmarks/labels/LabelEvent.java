package io.freshet.benchmarks.labels;

import io.freshet.learning.features.Stage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a learner is given: a request to predict, or a sample with a label.
 *
 * @param second when, since the start
 * @param request what it is about
 * @param stage null to predict
 * @param label of the sample
 * @param previous the label that it changes
 */
record LabelEvent(double second, Request request, @Nullable Stage stage, int label, int previous) {
    /** Returns the events of requests in order, predictions first. */
    static List<LabelEvent> of(List<Request> requests, Method method) {
        List<LabelEvent> events = new ArrayList<>();
        for (Request request : requests) {
            events.add(new LabelEvent(request.second(), request, null, 0, 0));
        }
        for (Request request : requests) {
            addSamples(request, method, events);
        }
        // Stable, so that each sample follows the predictions of its second, and each change what it changes.
        events.sort(Comparator.comparingDouble(LabelEvent::second));
        return events;
    }

    private static void addSamples(Request request, Method method, List<LabelEvent> events) {
        int label = request.label(method.knownAt());
        Stage first = method.hasFinalLabels() ? Stage.COMPLETE : Stage.OPEN;
        events.add(new LabelEvent(request.second() + method.after(), request, first, label, 0));
        if (method.hasFinalLabels()) {
            return;
        }
        for (double age : new double[] {request.converted(), request.refunded()}) {
            boolean isDue = age > method.after() && age <= method.within();
            int next = isDue ? request.label(age) : label;
            if (method.corrects() && next != label) {
                events.add(new LabelEvent(request.second() + age, request, Stage.CHANGED, next, label));
                label = next;
            }
        }
        int last = request.label(method.within());
        events.add(new LabelEvent(request.second() + method.within(), request, Stage.CLOSED, last, 0));
    }
}
