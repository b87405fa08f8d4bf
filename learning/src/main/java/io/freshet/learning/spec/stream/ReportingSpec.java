package io.freshet.learning.spec.stream;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a model publishes while it learns: snapshots, evaluations, and events.
 *
 * @param publish when snapshots are published
 * @param window samples per window of progressive validation
 * @param topK how many of the likeliest classes count for top-k accuracy; 0 for none
 * @param watch detectors of drift, divergence, and plateaus
 */
public record ReportingSpec(PublishSpec publish, int window, int topK, WatchSpec watch) {
    public Map<String, Object> writeEvaluation() {
        Map<String, Object> evaluation = new LinkedHashMap<>();
        evaluation.put("window", window);
        evaluation.put("topK", topK);
        return evaluation;
    }
}
