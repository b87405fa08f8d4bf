package io.freshet.server.answers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.freshet.server.request.Datatype;
import io.freshet.server.request.TensorData;
import java.io.IOException;
import java.io.StringWriter;
import java.util.BitSet;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch a value that is logged as another number, or as a text with another hash. */
class ScalarFieldTest {
    @ParameterizedTest
    @CsvSource({
        "31, 31",
        "-0.0, -0.0",
        "0.1, 0.1",
        "1e300, 1.0E300",
        "9007199254740993, 9.007199254740992E15",
        "NaN, ",
        "Infinity, "
    })
    void a_number_is_written_so_that_it_reads_back(double number, @Nullable String json) throws IOException {
        TensorData numbers = TensorData.numbers(Datatype.FP64, new double[] {number});

        assertThat(write(new ScalarField(numbers, null))).isEqualTo(json == null ? "{}" : "{\"f\":" + json + "}");
    }

    @ParameterizedTest
    @CsvSource({
        "7, 7, 7",
        "7, 7.0, 7.0",
        "7, 07, 7",
        "1000, 1e3, 1e3",
        "7, 8, 7",
        "1, true, true",
        "0, false, false",
        "2, true, 2",
        "7, seven, 7"
    })
    void a_number_that_is_also_a_text_keeps_the_text_of_the_number(double number, String text, String json)
            throws IOException {
        TensorData numbers = TensorData.numbers(Datatype.FP64, new double[] {number});
        TensorData texts = TensorData.texts(new String[] {text});

        assertThat(write(new ScalarField(numbers, texts))).isEqualTo("{\"f\":" + json + "}");
    }

    @Test
    void a_flag_is_true_or_false_and_a_word_in_the_place_of_a_number_a_text() throws IOException {
        TensorData words = TensorData.numbersOrTexts(new double[1], new BitSet(), new String[] {"NA"});
        TensorData missing = TensorData.numbers(new double[1], new BitSet());

        assertThat(write(new ScalarField(TensorData.numbers(Datatype.BOOL, new double[] {1}), null)))
                .isEqualTo("{\"f\":true}");
        assertThat(write(new ScalarField(words, null))).isEqualTo("{\"f\":\"NA\"}");
        assertThat(write(new ScalarField(missing, null))).isEqualTo("{}");
        assertThat(write(new ScalarField(null, TensorData.optionalTexts(new String[] {null}))))
                .isEqualTo("{}");
        assertThat(write(new ScalarField(null, TensorData.texts(new String[] {""}))))
                .isEqualTo("{\"f\":\"\"}");
    }

    @Test
    void every_double_reads_back_with_the_same_bits() throws IOException {
        Random random = new Random(3);
        for (int i = 0; i < 10_000; i++) {
            double number = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(number)) {
                String json = write(new ScalarField(TensorData.numbers(Datatype.FP64, new double[] {number}), null));

                assertThat(Double.parseDouble(json.substring(5, json.length() - 1)))
                        .isEqualTo(number);
            }
        }
    }

    private static String write(ScalarField field) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator to = new JsonFactory().createGenerator(text)) {
            to.writeStartObject();
            field.write("f", 0, to);
            to.writeEndObject();
        }
        return text.toString();
    }
}
