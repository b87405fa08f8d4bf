package io.freshet.job.join.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.freshet.job.join.score.AnsweredPrediction;
import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads the prediction of a model from the outputs of an answer: a number, or an array of numbers. */
final class PredictionReader {
    private static final JsonFactory JSON = new JsonFactory();

    private final String outcomeHash;
    private final String output;
    private final float[] numbers;

    PredictionReader(ModelSpec spec) {
        outcomeHash = spec.outcomeHash();
        output = AnsweredPrediction.output(spec.loss().task());
        numbers = new float[Math.max(1, spec.outputs())];
    }

    /** Returns null if the answer has no such output, or one of another shape or meaning: it cannot be scored. */
    @Nullable AnsweredPrediction read(AnswerHeader answer) {
        byte[] outputs = answer.outputs();
        if (outputs == null || answer.outcomeHash() != null && !outcomeHash.equals(answer.outcomeHash())) {
            return null;
        }
        try (JsonParser parser = JSON.createParser(outputs)) {
            parser.nextToken();
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                JsonToken token = parser.nextToken();
                if (name.equals(output)) {
                    int count = token == JsonToken.START_ARRAY ? readArray(parser) : readNumber(parser, token, 0);
                    return count == 0
                            ? null
                            : new AnsweredPrediction(
                                    Arrays.copyOf(numbers, count),
                                    answer.ageMillis(AnsweredPrediction.UNKNOWN_AGE),
                                    answer.versionLabel());
                }
                parser.skipChildren();
            }
        } catch (IOException e) {
            // The whole record was read before, so its numbers are out of range.
            return null;
        }
        return null;
    }

    /** Returns how many numbers there are; 0 if there are too many, or anything else. */
    private int readArray(JsonParser parser) throws IOException {
        int count = 0;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (count == numbers.length || readNumber(parser, token, count) == 0) {
                return 0;
            }
            count++;
        }
        return count;
    }

    private int readNumber(JsonParser parser, @Nullable JsonToken token, int place) throws IOException {
        if (token == null || !token.isNumeric()) {
            return 0;
        }
        numbers[place] = parser.getFloatValue();
        return 1;
    }
}
