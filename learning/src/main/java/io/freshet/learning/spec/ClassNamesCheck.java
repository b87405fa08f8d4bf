package io.freshet.learning.spec;

import io.freshet.learning.yaml.SpecException;
import java.util.List;

/** Checks that there is a name for each class of which a label is one. */
public final class ClassNamesCheck {
    private ClassNamesCheck() {}

    /** @throws SpecException if labels of the loss are not classes, or if it has another number of them */
    static void check(ModelSpec spec) {
        List<String> labels = spec.labels();
        if (labels.isEmpty()) {
            return;
        }
        int classes = spec.loss().classes(spec.outputs());
        String loss = spec.loss().name() + (spec.outputs() > 1 ? " with " + spec.outputs() + " outputs" : "");
        if (classes == 0) {
            throw SpecException.of("labels", labels, "none, since a label of " + loss + " is not the name of a class");
        }
        if (labels.size() != classes) {
            throw SpecException.of(
                    "labels",
                    labels.size() + " names",
                    classes + ", one for each class of " + loss
                            + (labels.size() < classes
                                    ? ""
                                    : remedy(spec.loss().task().isBinary(), labels.size())));
        }
    }

    /**
     * Returns what to set for more classes than there are.
     *
     * @param binary whether the loss knows only two
     */
    public static String remedy(boolean binary, int names) {
        return "; for " + names + ", set " + (binary ? "loss: sparse-categorical-cross-entropy and " : "") + "outputs: "
                + names;
    }
}
