package io.freshet.cli.train;

import io.freshet.cli.console.OneLine;
import io.freshet.learning.evaluation.Event;
import io.freshet.learning.evaluation.WorseThanConstant;
import io.freshet.learning.spec.LossRemedies;
import io.freshet.learning.spec.ModelSpec;
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
     * 0.5, or set clip.norm}. Empty if it did not diverge, or if that is among the
     * problems of the report.
     */
    static Optional<String> of(ModelSpec spec, TrainingReport report) {
        WorseThanConstant worse = report.outcome().worseThanConstant();
        if (worse != null && worse.diverged()) {
            return Optional.empty();
        }
        return symptom(report.outcome())
                .map(symptom -> symptom + "; " + LossRemedies.of(spec).diverged());
    }

    private static Optional<String> symptom(TrainingReport.Outcome outcome) {
        Optional<String> event = outcome.events().stream()
                .filter(each -> each.kind().equals(Event.Kind.DIVERGENCE.text()))
                .map(each -> String.format(
                        Locale.ROOT,
                        "%sthe loss diverged at sample %,d",
                        each.key() == null ? "" : OneLine.of(each.key()) + ": ",
                        each.sample()))
                .findFirst();
        return event.or(() -> outcome.rejections().stream()
                .filter(each -> REJECTED.stream().anyMatch(each.reason()::startsWith))
                .map(each -> String.format(Locale.ROOT, "gradients of %,d rows were too large", each.rows()))
                .findFirst());
    }
}
