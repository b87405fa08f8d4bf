package io.freshet.server.serve;

import com.fasterxml.jackson.core.JsonGenerator;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.store.ServedSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The outputs that a model can give, each a tensor with a row for each row of the request. */
enum Output {
    /** The predicted number, or the probability of 1. */
    PREDICTION(Datatype.FP32) {
        @Override
        void write(Answer answer, int row, JsonGenerator to) throws IOException {
            to.writeNumber(answer.predictions()[row]);
        }
    },
    /** The probability of each of K classes. */
    PROBABILITIES(Datatype.FP32) {
        @Override
        void write(Answer answer, int row, JsonGenerator to) throws IOException {
            int outputs = answer.spec().spec().outputs();
            for (int k = 0; k < outputs; k++) {
                to.writeNumber(answer.predictions()[row * outputs + k]);
            }
        }
    },
    /** The most likely class, the first of equals; 1 from a probability of one half. */
    CLASS(Datatype.INT64) {
        @Override
        void write(Answer answer, int row, JsonGenerator to) throws IOException {
            to.writeNumber(answer.mostLikely(row));
        }
    },
    /** The version that answered, where each key has its own. */
    VERSION(Datatype.INT64) {
        @Override
        void write(Answer answer, int row, JsonGenerator to) throws IOException {
            to.writeNumber(answer.set(row).version());
        }
    };

    private final Datatype datatype;

    Output(Datatype datatype) {
        this.datatype = datatype;
    }

    /** Writes the values of one row, one or K of them. */
    abstract void write(Answer answer, int row, JsonGenerator to) throws IOException;

    /** Returns all outputs of a model, in the order in which they are given. */
    static List<Output> of(ServedSpec served) {
        List<Output> outputs = new ArrayList<>();
        switch (served.spec().loss().task()) {
            case REGRESSION, NUMBER, MARGIN, MASK, BOX, SEQUENCE -> outputs.add(PREDICTION);
            case BINARY -> outputs.addAll(List.of(PREDICTION, CLASS));
            case MULTICLASS -> outputs.addAll(List.of(PROBABILITIES, CLASS));
        }
        if (served.keyed()) {
            outputs.add(VERSION);
        }
        return outputs;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    Datatype datatype() {
        return datatype;
    }

    /**
     * Returns its dimensions.
     *
     * @param rows of the request, or -1 for any number
     */
    List<Integer> shape(ModelSpec spec, int rows) {
        return this == PROBABILITIES ? List.of(rows, spec.outputs()) : List.of(rows);
    }
}
