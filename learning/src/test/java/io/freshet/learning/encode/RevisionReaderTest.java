package io.freshet.learning.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.SampleId;
import io.freshet.learning.features.Stage;
import io.freshet.learning.spec.ModelSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Would catch a changed label that a model cannot learn, or that is learned as another one. */
class RevisionReaderTest {
    private static final String CLICKS = """
            name: m
            label: y
            features: {numeric: [a], categorical: [c]}
            loss: binary-cross-entropy
            """;

    private static final String JOINED = CLICKS + "join: {within: 1h, after: 0}\n";

    @Test
    void an_open_and_a_changed_sample_have_features_and_the_id() throws InvalidSampleException {
        Sample open = encode(JOINED, row -> row.stage(Stage.OPEN));
        assertThat(open.stage()).isEqualTo(Stage.OPEN);
        assertThat(open.numeric()).containsExactly(3);
        assertThat(open.previous()).isNaN();
        byte[] id = "r1".getBytes(StandardCharsets.UTF_8);
        assertThat(open.revision().id()).isEqualTo(SampleId.of(id, 0, 2, 0));
        Sample changed = encode(JOINED, row -> {
            row.stage(Stage.CHANGED);
            row.previous(-1);
        });
        assertThat(changed.stage()).isEqualTo(Stage.CHANGED);
        assertThat(changed.label()).containsExactly(1);
        assertThat(changed.previous()).as("-1 is read as 0").isZero();
        assertThat(changed.revision().id()).isEqualTo(open.revision().id());
        assertThat(changed.rows()).isEqualTo(open.rows());
    }

    @Test
    void a_closed_sample_needs_no_features() throws InvalidSampleException {
        ModelSpec spec = ModelSpec.parse(JOINED + "holdout: 0.5\n");
        RowLayout layout = RowLayout.of(List.of(spec));
        Row row = new Row(layout);
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        for (int i = 0; i < 100; i++) {
            row.clear();
            row.id("r" + i);
            row.number(layout.number("y"), 1);
            row.eventTime(77);
            row.stage(Stage.CLOSED);
            Sample closed = encoder.encode(row, 3, i);
            assertThat(closed.stage()).isEqualTo(Stage.CLOSED);
            assertThat(closed.rows()).isEmpty();
            assertThat(closed.eventTime()).isEqualTo(77);
            assertThat(closed.offset()).isEqualTo(i);
            row.number(layout.number("a"), 3);
            row.copyText(layout.text("c"), "x");
            row.stage(Stage.OPEN);
            assertThat(encoder.encode(row, 3, i).holdout()).isEqualTo(closed.holdout());
        }
    }

    @Test
    void names_of_classes_are_read_as_their_numbers() throws InvalidSampleException {
        String classes = JOINED.replace("binary-cross-entropy", "sparse-categorical-cross-entropy")
                + "labels: [no, maybe, yes]\n";
        assertThat(encode(classes, changed("maybe")).previous()).isEqualTo(1);
        assertRejected(classes, changed("never"), "previous: never (expected: one of no, maybe, yes)");
        assertRejected(classes, changed(2), "previous: 2.0 (expected: the name of a class, like the label)");
        assertRejected(JOINED, changed("yes"), "previous: yes (expected: a number, like the label)");
    }

    @Test
    void rejects_what_does_not_belong_together() {
        assertRejected(
                CLICKS, row -> row.stage(Stage.OPEN), "stage: 1, open (expected: 0, complete: the model has no join)");
        assertRejected(CLICKS, changed(0), "stage: 2, changed (expected: 0, complete: the model has no join)");
        assertRejected(
                JOINED,
                row -> row.stage(Stage.CHANGED),
                "previous: missing (expected: the label that this one replaces)");
        assertRejected(JOINED, row -> row.previous(1), "previous: 1.0 (expected: none beside stage 0, complete)");
        assertRejected(
                JOINED,
                row -> {
                    row.stage(Stage.CLOSED);
                    row.previous("no".getBytes(StandardCharsets.UTF_8));
                },
                "previous: a text (expected: none beside stage 3, closed)");
        assertRejected(JOINED, changed(1.5), "previous: 1.5 (expected: in [0, 1])");
        assertRejected(
                JOINED,
                row -> {
                    row.stage(Stage.OPEN);
                    row.id("");
                },
                "id: missing (expected: the id that all samples of a request share)");
        assertRejected(
                JOINED + "id: request\n",
                row -> row.stage(Stage.OPEN),
                "request: missing (expected: the id that all samples of a request share)");
    }

    @Test
    void a_loss_that_is_not_linear_in_the_label_waits_for_final_labels() throws InvalidSampleException {
        String absolute =
                JOINED.replace("binary-cross-entropy", "mean-absolute-error").replace("after: 0", "delayed: wait");
        assertThat(encode(absolute, row -> {}).revision()).isNull();
        assertRejected(
                absolute,
                changed(0),
                "stage: 2, changed (expected: 0, 1, or 3: loss mean-absolute-error cannot learn a changed label)");
    }

    private static Consumer<Row> changed(double previous) {
        return row -> {
            row.stage(Stage.CHANGED);
            row.previous(previous);
        };
    }

    private static Consumer<Row> changed(String previous) {
        return row -> {
            row.stage(Stage.CHANGED);
            row.previous(previous.getBytes(StandardCharsets.UTF_8));
        };
    }

    private static void assertRejected(String yaml, Consumer<Row> change, String message) {
        assertThatThrownBy(() -> encode(yaml, change))
                .isInstanceOf(InvalidSampleException.class)
                .hasMessage(message);
    }

    private static Sample encode(String yaml, Consumer<Row> change) throws InvalidSampleException {
        ModelSpec spec = ModelSpec.parse(yaml);
        RowLayout layout = RowLayout.of(List.of(spec));
        Row row = new Row(layout);
        row.id("r1");
        row.number(layout.number("a"), 3);
        row.copyText(layout.text("c"), "x");
        if (layout.text("y") >= 0) {
            row.copyText(layout.text("y"), "yes");
        } else {
            row.number(layout.number("y"), 1);
        }
        change.accept(row);
        return new FeatureEncoder(spec, layout).encode(row, 0, 0);
    }
}
