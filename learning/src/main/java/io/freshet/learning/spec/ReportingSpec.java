package io.freshet.learning.spec;

import static io.freshet.learning.yaml.Numbers.integer;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.Mapping;
import io.freshet.learning.yaml.Section;
import org.jspecify.annotations.Nullable;

/**
 * What a model publishes while it learns: snapshots, evaluations, and events.
 *
 * @param publish when snapshots are published
 * @param evaluation how it is scored
 * @param watch detectors of drift, divergence, and plateaus
 */
public record ReportingSpec(PublishSpec publish, Evaluation evaluation, WatchSpec watch) {
    private static final Section<Evaluation> EVALUATION = Section.of(
                    Evaluation.class,
                    Field.of("window", integer(1), 1000),
                    Field.of("topK", integer(0), 0).check(ReportingSpec::tooMany))
            .means("""
                window: Samples per window of progressive validation
                topK: Reports the share of samples whose class is one of the k likeliest; 0 for none
                """);

    public static final Section<ReportingSpec> FIELDS = Section.of(
            ReportingSpec.class,
            Field.of("publish", PublishSpec.FIELDS),
            Field.of("evaluation", EVALUATION),
            Field.of("watch", WatchSpec.FIELDS));

    /**
     * Progressive validation.
     *
     * @param window samples per window
     * @param topK how many of the likeliest classes count for top-k accuracy; 0 for none
     */
    public record Evaluation(int window, int topK) {}

    private static @Nullable String tooMany(Mapping in, int topK) {
        boolean hasClasses = in.get("loss", Loss.class).task().hasClasses();
        int most = hasClasses ? in.get("outputs", Integer.class) - 1 : 0;
        if (topK <= most) {
            return null;
        }
        return most > 0 ? "up to " + most + ", fewer than the classes" : "0 without more than two classes";
    }

    public int window() {
        return evaluation.window();
    }

    public int topK() {
        return evaluation.topK();
    }
}
