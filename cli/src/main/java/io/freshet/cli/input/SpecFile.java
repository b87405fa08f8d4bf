package io.freshet.cli.input;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.SpecException;
import java.nio.file.Path;

/**
 * A file with the specification of a model.
 *
 * @param file to name in errors
 * @param yaml its text
 * @param spec what the text means for a new model
 */
public record SpecFile(Path file, String yaml, ModelSpec spec) {
    /**
     * Returns what the text means for a running model, which keeps its optimizer unless the text names one.
     *
     * @throws InputException if that optimizer cannot go on with it
     */
    public ModelSpec change(ModelSpec running) throws InputException {
        try {
            return ModelSpec.parseChange(yaml, running);
        } catch (SpecException e) {
            throw new InputException(file + ": " + e.getMessage() + "; model " + spec.name() + " keeps its optimizer, "
                    + running.optimizer().name() + ", unless the file names one");
        }
    }
}
