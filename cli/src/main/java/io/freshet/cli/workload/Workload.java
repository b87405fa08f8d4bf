package io.freshet.cli.workload;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.util.List;

/** Samples to measure with, and the model that learns them. The same in each run. */
public interface Workload {
    /** Returns the name, which is also that of the option's value. */
    String name();

    /** Returns a short description of a sample and the model. */
    String description();

    ModelSpec spec();

    /** Returns the default number of samples. */
    int samples();

    /** Returns the options with which Vowpal Wabbit trains the same model; empty if it has no such model. */
    List<String> vowpalWabbitOptions();

    /** Returns the options with which it trains that model with the optimizer and rate of its defaults; empty if those are the same. */
    List<String> vowpalWabbitDefaults();

    /** Returns why its loss with {@link #vowpalWabbitOptions} differs, as a sentence; empty if it has no such model. */
    String lossDifference();

    /** Starts generating samples, from the first. */
    Generator generator(RowLayout layout) throws IOException;

    /** Generates samples one after the other. */
    interface Generator {
        /** Replaces the fields of a row by those of the next sample. */
        void next(Row row);

        /** Appends the sample last generated as a line of Vowpal Wabbit's text format. */
        void appendVowpalWabbit(StringBuilder line);
    }
}
