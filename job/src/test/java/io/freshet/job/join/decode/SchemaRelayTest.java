package io.freshet.job.join.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import io.freshet.schemas.sample.SchemaAnswer;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** Would catch a decoder that lacks the schema of a record, and a schema that crosses the network with each record. */
class SchemaRelayTest {
    private static final String LONG = "x".repeat(70_000) + "é";

    private final TypeSerializer<JoinRecord> serializer = JoinRecord.TYPE.createSerializer(new SerializerConfigImpl());

    @Test
    void a_schema_crosses_once_and_a_refusal_with_each_record() throws Exception {
        SchemaRelay reader = new SchemaRelay();
        SchemaRelay decoder = new SchemaRelay();
        SchemaAnswer known = SchemaAnswer.known(1, List.of("{}", LONG));
        SchemaAnswer refused = SchemaAnswer.refused(2, "schema 2: not found");
        assertThat(crossed(reader.send(record(1, known))))
                .satisfies(received -> assertThat(decoder.receive(received)).isEqualTo(known));
        SourceRecord second = crossed(reader.send(record(1, known)));
        assertThat(second.schema()).isNull();
        assertThat(decoder.receive(second)).isEqualTo(known);
        for (int i = 0; i < 2; i++) {
            assertThat(decoder.receive(crossed(reader.send(record(2, refused)))))
                    .isEqualTo(refused);
        }
    }

    @Test
    void both_ends_evict_the_same_schemas() throws Exception {
        SchemaRelay reader = new SchemaRelay(100);
        SchemaRelay decoder = new SchemaRelay(100);
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            int id = random.nextInt(12);
            SchemaAnswer answer = SchemaAnswer.known(id, List.of("x".repeat(5 + 3 * id)));
            assertThat(decoder.receive(crossed(reader.send(record(id, answer)))))
                    .isEqualTo(answer);
        }
    }

    private SourceRecord crossed(SourceRecord record) throws Exception {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(new JoinRecord(false, 5, record), out);
        return serializer
                .deserialize(new DataInputDeserializer(out.getCopyOfBuffer()))
                .record();
    }

    private static SourceRecord record(int id, SchemaAnswer answer) {
        byte[] value = {0, 0, 0, 0, (byte) id, 1};
        return new SourceRecord(0, 1, 0, null, value, RecordHeaders.NONE).withSchema(answer);
    }
}
