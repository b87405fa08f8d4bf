package io.freshet.benchmarks.labels;

import io.freshet.learning.features.Stage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a learner is given: a request to predict, or a sample with a label.
 *
 * @param second when, since the start
 * @param request what it is about
 * @param stage null to predict
 * @param label of the sample
 * @param previous the label that it changes
 */
record LabelEvent(
        double second, Request request, @org.jspecify.annotations.Nullable Stage stage, int label, int previous) {
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
            int next = request.label(age);
            boolean isDue = age > method.after() && age <= Scenario.WITHIN;
            if (isDue && method.corrects() && next != label) {
                events.add(new LabelEvent(request.second() + age, request, Stage.CHANGED, next, label));
                label = next;
            }
        }
        events.add(new LabelEvent(
                request.second() + Scenario.WITHIN, request, Stage.CLOSED, request.label(Scenario.WITHIN), 0));
    }
}
