package io.freshet.schemas.avro;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.loss.Task;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.facts.Evaluations;
import io.freshet.schemas.snapshot.HistoryCodec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.Snapshots;
import io.freshet.wire.Evaluation;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;

/** Would catch an export that other systems cannot read, or that loses or renames a field. */
class ExportedTypeTest {
    private static final byte[] EVALUATION = new EvaluationCodec()
            .write(Evaluations.of("delays", "k\"1", Evaluations.tally(Task.BINARY, 1, 30), 1_700_000_000_123L, true))
            .value();

    @Test
    void an_evaluation_is_a_json_object_with_the_names_of_the_schema() {
        String json = new String(ExportedType.EVALUATION.json(EVALUATION), UTF_8);
        assertThat(json)
                .startsWith("{\"model\":\"delays\",\"key\":\"k\\\"1\",\"version\":900,\"updates\":450,\"rejected\":3,"
                        + "\"windowIndex\":7,\"last\":true,\"startedAt\":1000,\"emittedAt\":1700000000123,"
                        + "\"task\":\"binary\",\"window\":{\"samples\":30,\"loss\":")
                .contains(
                        ",\"mae\":null,\"rmse\":null,",
                        "\"events\":[{\"kind\":\"drift\",\"detector\":\"adwin\",\"samples\":12345,\"before\":0.21,",
                        "\"partitions\":[3,0],\"firstOffsets\":[11000,7],\"lastOffsets\":[12999,7]},",
                        "\"watermark\":1700000000000,\"behind\":12345,\"catchingUp\":true,",
                        "\"failure\":\"\",\"scores\":[")
                .endsWith(
                        "\"bestEpoch\":1,\"replicaLosses\":[0.5,null],\"corrections\":20,\"unscored\":1,\"published\":870,"
                                + "\"publishedAt\":1699999999000,\"held\":true}");
        assertThat(json)
                .contains(Evaluation.getClassSchema().getFields().stream()
                        .map(field -> "\"" + field.name() + "\":")
                        .toArray(String[]::new));
    }

    @Test
    void a_number_that_json_does_not_have_is_null() {
        byte[] boxes = new EvaluationCodec()
                .write(Evaluations.of("m", "", Evaluations.tally(Task.BOX, 4, 3), 1, true))
                .value();
        assertThat(new String(ExportedType.EVALUATION.json(boxes), UTF_8))
                .contains("\"baselineLoss\":null")
                .doesNotContain("NaN");
    }

    @Test
    void a_snapshot_is_a_json_object_with_its_specification_and_no_parameters() {
        byte[] record = snapshot();
        assertThat(new String(ExportedType.SNAPSHOT.json(record), UTF_8))
                .startsWith("{\"model\":\"delays\",\"key\":\"k/1\",\"version\":1000,")
                .contains("\"spec\":\"", "\"topic\":\"samples\",", "\"parameters\":\"\",", "\"publishedAt\":1234,");
    }

    @Test
    void any_avro_reader_reads_the_confluent_form_with_the_registered_schema() throws Exception {
        assertThat(read(ExportedType.EVALUATION, EVALUATION))
                .hasToString(reread(Evaluation.getClassSchema(), EVALUATION).toString());
        assertThat(read(ExportedType.SNAPSHOT, snapshot()).get("version")).isEqualTo(1000L);
    }

    @Test
    void the_registered_schema_is_the_topics_schema_with_defaults_and_without_java() {
        for (ExportedType type : ExportedType.values()) {
            Schema schema = new Schema.Parser().parse(type.schema());
            assertThat(type.schema()).doesNotContain("java");
            assertThat(schema.getFields()).allMatch(Schema.Field::hasDefaultValue);
        }
        assertThat(SchemaNormalization.parsingFingerprint64(
                        new Schema.Parser().parse(ExportedType.EVALUATION.schema())))
                .isEqualTo(SchemaNormalization.parsingFingerprint64(Evaluation.getClassSchema()));
    }

    @Test
    void a_format_has_its_own_topics() {
        assertThat(ExportFormat.of("json").topic("f.metrics")).isEqualTo("f.metrics-json");
        assertThat(ExportFormat.of("confluent").topic("f.metrics")).isEqualTo("f.metrics-confluent");
        assertThatThrownBy(() -> ExportFormat.of("JSON")).hasMessage("JSON (expected: json or confluent)");
    }

    private static byte[] snapshot() {
        SnapshotCodec snapshots = new SnapshotCodec();
        return new HistoryCodec(snapshots)
                .write(snapshots.publish(Snapshots.of("delays", "k/1", 4, 1000), 900, "samples", 1234, "0.1.0"))
                .value();
    }

    /** Reads the Confluent form like a reader that knows only the registered schema. */
    private static GenericRecord read(ExportedType type, byte[] record) throws Exception {
        ByteBuffer framed = ByteBuffer.wrap(ExportedType.confluent(record, 70_000));
        assertThat(framed.get()).isZero();
        assertThat(framed.getInt()).isEqualTo(70_000);
        return body(new Schema.Parser().parse(type.schema()), framed);
    }

    private static GenericRecord reread(Schema schema, byte[] record) throws Exception {
        return body(schema, ByteBuffer.wrap(record, 10, record.length - 10));
    }

    private static GenericRecord body(Schema schema, ByteBuffer bytes) throws Exception {
        return new GenericDatumReader<GenericRecord>(schema)
                .read(
                        null,
                        DecoderFactory.get().binaryDecoder(bytes.array(), bytes.position(), bytes.remaining(), null));
    }
}
