package io.freshet.server.predict;

import com.fasterxml.jackson.core.JsonGenerator;
import io.freshet.learning.loss.Task;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.request.Datatype;
import io.freshet.server.store.ServedSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The outputs that a model can give, each a tensor with a row for each row of the request.
 *
 * <p>Sequences of one answer are as long as the longest: behind the end of a shorter one, probabilities are 0 and the
 * class is {@value #NO_CLASS}.
 */
public enum Output {
    /** The predicted numbers, or the probability of 1 for each label. */
    PREDICTION(Datatype.FP32) {
        @Override
        public void write(InferResponse answer, int row, JsonGenerator to) throws IOException {
            writeNumbers(answer, row, to);
        }
    },
    /** The score for each label: its sign separates 1 from 0. It is not a probability. */
    SCORE(Datatype.FP32) {
        @Override
        public void write(InferResponse answer, int row, JsonGenerator to) throws IOException {
            writeNumbers(answer, row, to);
        }
    },
    /** The probability of each of K classes, at each step of a sequence; or of each place of a mask. */
    PROBABILITIES(Datatype.FP32) {
        @Override
        public void write(InferResponse answer, int row, JsonGenerator to) throws IOException {
            writeNumbers(answer, row, to);
            int all = answer.steps() * answer.spec().spec().outputs();
            for (int i = answer.predictions()[row].length; i < all; i++) {
                to.writeNumber(0f);
            }
        }
    },
    /** The most likely class, the first of equals, at each step; of a label, 1 from a probability of one half or a score of 0. */
    CLASS(Datatype.INT64) {
        @Override
        public void write(InferResponse answer, int row, JsonGenerator to) throws IOException {
            float[] numbers = answer.predictions()[row];
            int outputs = answer.spec().spec().outputs();
            Task task = answer.spec().spec().loss().task();
            if (task.isBinary()) {
                float threshold = task == Task.MARGIN ? 0 : 0.5f;
                for (float number : numbers) {
                    to.writeNumber(number >= threshold ? 1 : 0);
                }
                return;
            }
            int steps = task == Task.SEQUENCE ? answer.steps() : 1;
            for (int step = 0; step < steps; step++) {
                int from = step * outputs;
                to.writeNumber(from < numbers.length ? mostLikely(numbers, from, outputs) : NO_CLASS);
            }
        }
    },
    /** Which places belong to the mask: those of a probability of one half or more. */
    MASK(Datatype.BOOL) {
        @Override
        public void write(InferResponse answer, int row, JsonGenerator to) throws IOException {
            for (float probability : answer.predictions()[row]) {
                to.writeBoolean(probability >= 0.5f);
            }
        }
    },
    /** The predicted corners x1, y1, x2, y2. */
    BOX(Datatype.FP32) {
        @Override
        public void write(InferResponse answer, int row, JsonGenerator to) throws IOException {
            writeNumbers(answer, row, to);
        }
    },
    /** The version that answered, where each key has its own. */
    VERSION(Datatype.INT64) {
        @Override
        public void write(InferResponse answer, int row, JsonGenerator to) throws IOException {
            to.writeNumber(answer.set(row).version());
        }
    };

    private static final int NO_CLASS = -1;

    private final Datatype datatype;

    Output(Datatype datatype) {
        this.datatype = datatype;
    }

    /** Writes the values of one row. */
    public abstract void write(InferResponse answer, int row, JsonGenerator to) throws IOException;

    /** Returns all outputs of a model, in the order in which they are given. */
    static List<Output> of(ServedSpec served) {
        List<Output> outputs = new ArrayList<>(
                switch (served.spec().loss().task()) {
                    case REGRESSION, NUMBER -> List.of(PREDICTION);
                    case BINARY -> List.of(PREDICTION, CLASS);
                    case MARGIN -> List.of(SCORE, CLASS);
                    case MULTICLASS, SEQUENCE -> List.of(PROBABILITIES, CLASS);
                    case MASK -> List.of(PROBABILITIES, MASK);
                    case BOX -> List.of(BOX);
                });
        if (served.isKeyed()) {
            outputs.add(VERSION);
        }
        return outputs;
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Datatype datatype() {
        return datatype;
    }

    /**
     * Returns its dimensions: rows, then the steps of sequences, then numbers where there can be several.
     *
     * @param rows of the request, or -1 for any number
     * @param steps of the longest sequence, or -1 for any number
     */
    public List<Integer> shape(ModelSpec spec, int rows, int steps) {
        Task task = spec.loss().task();
        List<Integer> shape = new ArrayList<>(List.of(rows));
        if (this == VERSION) {
            return shape;
        }
        if (task == Task.SEQUENCE) {
            shape.add(steps);
        }
        boolean oneClass = this == CLASS && task.hasClasses();
        if (!oneClass && (spec.outputs() > 1 || this == PROBABILITIES || this == MASK)) {
            shape.add(spec.outputs());
        }
        return shape;
    }

    private static void writeNumbers(InferResponse answer, int row, JsonGenerator to) throws IOException {
        for (float number : answer.predictions()[row]) {
            to.writeNumber(number);
        }
    }

    private static int mostLikely(float[] probabilities, int from, int classes) {
        int best = 0;
        for (int k = 1; k < classes; k++) {
            if (probabilities[from + k] > probabilities[from + best]) {
                best = k;
            }
        }
        return best;
    }
}
