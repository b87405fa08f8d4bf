package io.freshet.learning.spec;

import static io.freshet.learning.yaml.Numbers.integer;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.Task;
import io.freshet.learning.model.InputShape;
import io.freshet.learning.model.Model;
import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.Mapping;
import io.freshet.learning.yaml.Section;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.Type;

/**
 * The features, model, and loss of a specification: everything that determines the shape and the meaning of the parameters.
 *
 * @param features encoded features of a sample
 * @param model model type and its hyperparameters
 * @param outputs number of classes of a classifier, or targets of a regression, K
 * @param loss minimized loss
 */
public record Architecture(FeatureSpec features, Model model, int outputs, Loss loss) {
    static final Section<Architecture> FIELDS = Section.of(
                    Architecture.class,
                    Field.of("features", FeatureSpec.FIELDS),
                    Field.of("model", ModelTable.ALL),
                    Field.of("outputs", Type.of("a whole number, in the range of the loss", Architecture::outputs))
                            .or(Architecture::defaultOutputs, "by the loss"),
                    Field.of("loss", LossTable.ALL))
            .means("""
                outputs: Number of outputs, K. The default is the minimum that the loss accepts; losses over classes, \
                masks, or vectors require it, unless `labels` names the classes
                """);

    private static int outputs(Mapping in, String path, Object value) {
        Loss loss = in.get("loss", Loss.class);
        return integer(loss.minimumOutputs(), loss.maximumOutputs()).parse(in, path, value);
    }

    /** The names of the classes imply their number. */
    private static int defaultOutputs(Mapping in) {
        Loss loss = in.get("loss", Loss.class);
        int minimum = loss.minimumOutputs();
        int names = in.list("labels").size();
        if (loss.task() == Task.MULTICLASS && names >= minimum) {
            return integer(minimum, loss.maximumOutputs()).parse(in, "outputs", names);
        }
        if (minimum > 1 && minimum < loss.maximumOutputs()) {
            throw SpecException.of(
                    "outputs",
                    "missing",
                    loss.task().hasClasses() ? "the number of classes, from " + minimum : "a number from " + minimum);
        }
        return minimum;
    }

    InputShape inputShape() {
        return new InputShape(features.numbers(), features.buckets(), features.hashedFields());
    }
}
