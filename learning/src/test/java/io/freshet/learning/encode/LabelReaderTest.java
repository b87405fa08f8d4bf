package io.freshet.learning.encode;

import static io.freshet.learning.encode.Flight.BINARY;
import static io.freshet.learning.encode.Flight.GOOD;
import static io.freshet.learning.encode.Flight.assertRejected;
import static io.freshet.learning.encode.Flight.encode;
import static io.freshet.learning.encode.Flight.row;
import static io.freshet.learning.encode.Flight.with;
import static io.freshet.learning.encode.Flight.without;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a valid label that is rejected, an invalid one that is accepted, and a class read as another one. */
class LabelReaderTest {
    @Test
    void reports_a_label_beyond_the_range_of_a_float_with_the_range_of_the_loss() {
        assertRejected(BINARY, with(GOOD, "late", 1e39)).hasMessage("late: 1.0E39 (expected: in [0, 1])");
        assertRejected(BINARY, with(GOOD, "late", Double.NaN)).hasMessage("late: NaN (expected: a number)");
        String squares = BINARY.replace("binary-cross-entropy", "mean-squared-error");
        assertRejected(squares, with(GOOD, "late", -1e39))
                .hasMessage("late: -1.0E39 (expected: a number of magnitude up to 1e15)");
        String two = squares.replace("label: late", "label: [hour, late]").replace("[distance, hour]", "[distance]");
        assertRejected(two + "outputs: 2\n", with(GOOD, "late", 1e39))
                .hasMessage("hour,late: [-3.0, 1.0E39] (expected: 2 numbers of magnitude up to 1e15)");
    }

    @Test
    void names_a_label_out_of_the_range_of_the_loss() {
        assertRejected(BINARY, with(GOOD, "late", 1.5)).hasMessage("late: 1.5 (expected: in [0, 1])");
        assertRejected(BINARY, with(GOOD, "late", -0.1)).hasMessage("late: -0.1 (expected: in [0, 1])");
        String classes = BINARY.replace("binary", "sparse-categorical") + "outputs: 3\n";
        for (double label : new double[] {-1, 0.5, 1e9, 2147483648.0}) {
            assertRejected(classes, with(GOOD, "late", label))
                    .hasMessage("late: " + label + " (expected: a class, a whole number from 0 to 2)");
        }
    }

    /** Would catch a class that is always rejected without a word about what to do. */
    @Test
    void classes_numbered_from_1_are_told_the_remedy() {
        assertRejected(BINARY, with(GOOD, "late", 2.0))
                .hasMessage("late: 2.0 (expected: in [0, 1]; if classes are numbered from 1, set labels: [\"1\", \"2\"]"
                        + "; for more classes, set loss: sparse-categorical-cross-entropy and outputs: N)");
        assertRejected(BINARY.replace("binary-cross-entropy", "hinge"), with(GOOD, "late", 2.0))
                .hasMessageContaining("; if classes are numbered from 1, set labels: [\"1\", \"2\"]; for more classes");
        String classes = BINARY.replace("binary", "sparse-categorical") + "outputs: ";
        assertRejected(classes + "3\n", with(GOOD, "late", 3.0))
                .hasMessage("late: 3.0 (expected: a class, a whole number from 0 to 2; if classes are numbered from 1,"
                        + " set labels: [\"1\", \"2\", \"3\"]; for more classes, set outputs: N)");
        assertRejected(classes + "12\n", with(GOOD, "late", 12.0))
                .hasMessageEndingWith("set labels: [\"1\", ..., \"12\"]; for more classes, set outputs: N)");
    }

    /** Would catch a file of more classes than the model has, most of whose rows are rejected without a remedy. */
    @Test
    void more_classes_than_outputs_are_told_the_remedy() {
        assertRejected(BINARY, with(GOOD, "late", 4.0))
                .hasMessage("late: 4.0 (expected: in [0, 1]; for more classes, set loss:"
                        + " sparse-categorical-cross-entropy and outputs: N)");
        assertRejected(BINARY.replace("binary", "sparse-categorical") + "outputs: 3\n", with(GOOD, "late", 4.0))
                .hasMessage("late: 4.0 (expected: a class, a whole number from 0 to 2; for more classes, set"
                        + " outputs: N)");
    }

    @Test
    void accepts_labels_at_the_ends_of_the_range() throws InvalidSampleException {
        String classes = BINARY.replace("binary", "sparse-categorical") + "outputs: 3\n";
        for (double label : new double[] {0, 1, 2}) {
            assertThat(encode(classes, with(GOOD, "late", label)).label()).containsExactly((float) label);
        }
        for (double label : new double[] {0, 0.25, 1}) {
            assertThat(encode(BINARY, with(GOOD, "late", label)).label()).containsExactly((float) label);
        }
    }

    /** Would catch a file of labels -1 and 1, as of scikit-learn or LIBSVM, of which half the rows are rejected. */
    @ParameterizedTest
    @ValueSource(strings = {"binary-cross-entropy", "hinge"})
    void a_label_of_minus_one_is_label_0_of_a_two_class_loss(String loss) throws InvalidSampleException {
        String yaml = BINARY.replace("binary-cross-entropy", loss);
        for (double label : new double[] {-1, 0}) {
            assertThat(encode(yaml, with(GOOD, "late", label)).label()).containsExactly(0);
        }
        String two = yaml.replace("label: late", "label: [hour, late]").replace("[distance, hour]", "[distance]")
                + "outputs: 2\n";
        assertThat(encode(two, with(with(GOOD, "hour", 1.0), "late", -1.0)).label())
                .containsExactly(1, 0);
        assertRejected(two, with(with(GOOD, "hour", -1.0), "late", -2.0))
                .hasMessageStartingWith("hour,late: [-1.0, -2.0] (expected: 2 numbers");
        assertRejected(yaml, with(GOOD, "late", -0.5)).hasMessageStartingWith("late: -0.5 (expected: ");
    }

    @Test
    void a_label_of_minus_one_stays_itself_for_other_losses() throws InvalidSampleException {
        String squares = BINARY.replace("binary-cross-entropy", "mean-squared-error");
        assertThat(encode(squares, with(GOOD, "late", -1.0)).label()).containsExactly(-1);
        assertRejected(BINARY.replace("binary-cross-entropy", "poisson"), with(GOOD, "late", -1.0))
                .hasMessage("late: -1.0 (expected: a count from 0 to 1e15)");
    }

    @Test
    void reports_that_minus_one_was_read_as_label_0() throws InvalidSampleException {
        ModelSpec spec = ModelSpec.parse(BINARY);
        RowLayout layout = RowLayout.of(List.of(spec));
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        encoder.encode(row(layout, with(GOOD, "late", 0.0)), 0, 0);
        assertThat(encoder.labelNotice()).isNull();
        encoder.encode(row(layout, with(GOOD, "late", -1.0)), 0, 1);
        encoder.encode(row(layout, GOOD), 0, 2);
        assertThat(encoder.labelNotice())
                .isEqualTo("late: -1 is read as 0 (binary-cross-entropy has the labels 0 and 1)");
    }

    @Test
    void reads_the_name_of_a_class_as_its_number() throws InvalidSampleException {
        String two = BINARY + "labels: [ham, spam]\n";
        assertThat(encode(two, with(GOOD, "late", "ham")).label()).containsExactly(0);
        assertThat(encode(two, with(GOOD, "late", "spam")).label()).containsExactly(1);
        String three = BINARY.replace("binary-cross-entropy", "sparse-categorical-cross-entropy")
                + "labels: [setosa, 'yes', 7]\n";
        assertThat(ModelSpec.parse(three).outputs()).isEqualTo(3);
        assertThat(encode(three, with(GOOD, "late", "yes")).label()).containsExactly(1);
        assertThat(encode(three, with(GOOD, "late", "7")).label()).containsExactly(2);
    }

    @Test
    void names_the_nearest_class_to_one_that_does_not_exist() {
        String two = BINARY + "labels: [ham, spam]\n";
        assertRejected(two, with(GOOD, "late", "spma"))
                .hasMessage("late: spma (expected: one of ham, spam; did you mean spam?)");
        assertRejected(two, with(GOOD, "late", "1")).hasMessage("late: 1 (expected: one of ham, spam)");
        assertRejected(two, with(GOOD, "late", "")).hasMessage("late: missing (expected: one of ham, spam)");
        assertRejected(two, without(GOOD, "late")).hasMessage("late: missing (expected: one of ham, spam)");
        String many = BINARY.replace("binary-cross-entropy", "sparse-categorical-cross-entropy") + "labels: "
                + IntStream.range(0, 30).mapToObj(i -> "c" + i).toList();
        assertRejected(many, with(GOOD, "late", "x".repeat(1000)))
                .hasMessageStartingWith("late: " + "x".repeat(100) + "... (expected: one of c0, c1, ")
                .hasMessageEndingWith(", c19, ... (30 in all))");
    }
}
