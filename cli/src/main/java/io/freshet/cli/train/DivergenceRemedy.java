package io.freshet.cli.train;

import io.freshet.learning.optimizer.LookAhead;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.TrainingSpec;
import io.freshet.learning.watch.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What to do about a model that diverged. */
final class DivergenceRemedy {
    /** How the reasons of a learner for rejected gradients start; those for a field of this name are others. */
    private static final List<String> REJECTED = List.of("gradient: not finite", "gradient: too large");

    private DivergenceRemedy() {}

    /**
     * Returns how a model diverged and the remedy, such as {@code the loss diverged at sample 2,000; lower optimizer.learningRate, now
     * 0.5, or set clip.norm}. Empty if it did not diverge.
     */
    static Optional<String> of(ModelSpec spec, TrainingReport report) {
        return symptom(report.outcome()).map(symptom -> symptom + "; " + remedy(spec));
    }

    private static Optional<String> symptom(TrainingReport.Outcome outcome) {
        Optional<String> event = outcome.events().stream()
                .filter(each -> each.kind().equals(Event.Kind.DIVERGENCE.text()))
                .map(each -> String.format(
                        Locale.ROOT,
                        "%sthe loss diverged at sample %,d",
                        each.key() == null ? "" : each.key() + ": ",
                        each.sample()))
                .findFirst();
        return event.or(() -> outcome.rejections().stream()
                .filter(each -> REJECTED.stream().anyMatch(each.reason()::startsWith))
                .map(each -> String.format(Locale.ROOT, "gradients of %,d rows were too large", each.rows()))
                .findFirst());
    }

    private static String remedy(ModelSpec spec) {
        TrainingSpec training = spec.training();
        Optimizer optimizer = spec.optimizer();
        List<String> remedies = new ArrayList<>();
        if (optimizer.hasLearningRate()) {
            remedies.add("lower optimizer.learningRate, now " + training.learningRate());
        }
        boolean clips = !(optimizer instanceof LookAhead) && !optimizer.needsObjective();
        if (clips && training.clip().equals(TrainingSpec.Clip.NONE)) {
            remedies.add("set clip.norm");
        }
        if (!spec.features().numeric().isEmpty() && !spec.features().standardize()) {
            remedies.add("standardize the features");
        }
        return remedies.isEmpty() ? "look for outliers in the features and the label" : String.join(", or ", remedies);
    }
}
