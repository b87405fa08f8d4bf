package io.freshet.cli.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Stage;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.loop.OutcomeValue;
import io.freshet.schemas.sample.SampleDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Finds the samples that the join emitted for a request. */
final class LearnedSamples {
    private final ModelSpec spec;
    private final byte[] id;
    private final SampleDecoder decoder;
    private final Row row;
    /** Place of the label, as a number or as a text. */
    private final int label;

    private final List<Emitted> found = new ArrayList<>();

    /**
     * A sample of the request.
     *
     * @param label as a number or the name of a class
     * @param previous label that it replaces; null if it replaces none
     */
    record Emitted(
            int partition,
            long offset,
            long timestamp,
            Stage stage,
            String label,
            @Nullable String previous) {
        /** Returns whether a version with this lineage has received the sample. */
        boolean isIn(Lineage lineage) {
            for (int i = 0; i < lineage.partitions().length; i++) {
                if (lineage.partitions()[i] == partition) {
                    return lineage.firstOffsets()[i] <= offset && offset <= lineage.offsets()[i];
                }
            }
            return false;
        }
    }

    private LearnedSamples(ModelSpec spec, String id) {
        this.spec = spec;
        this.id = id.getBytes(UTF_8);
        RowLayout layout = RowLayout.of(List.of(spec));
        decoder = new SampleDecoder(layout);
        row = new Row(layout);
        String field = spec.fields().label().get(0);
        label = spec.labels().isEmpty() ? layout.number(field) : layout.text(field);
    }

    /**
     * Returns the samples of an id, in order; none if the topic does not exist.
     *
     * @param since skips older records, by their timestamps; milliseconds since 1970, UTC
     */
    static List<Emitted> find(KafkaOptions kafka, String topic, ModelSpec spec, String id, long since)
            throws CommandException {
        if (!RecordsOfId.exists(kafka, topic)) {
            return List.of();
        }
        LearnedSamples samples = new LearnedSamples(spec, id);
        try (TopicReader reader = TopicReader.open(kafka, topic)) {
            reader.skipTo(since);
            reader.readToEnd(samples::add);
        }
        return samples.found;
    }

    private void add(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return;
        }
        try {
            decoder.decode(record.value(), record.timestamp(), row);
        } catch (MalformedRecordException e) {
            return;
        }
        if (decoder.model().equals(spec.name())
                && Arrays.equals(row.idBytes(), row.idFrom(), row.idTo(), id, 0, id.length)) {
            found.add(new Emitted(
                    record.partition(), record.offset(), record.timestamp(), row.stage(), label(), previous()));
        }
    }

    private String label() {
        return spec.labels().isEmpty() ? new OutcomeValue.Number(row.number(label)).text() : row.text(label);
    }

    private @Nullable String previous() {
        byte[] text = row.previousText();
        if (text != null) {
            return new String(text, UTF_8);
        }
        return row.hasPreviousNumber() ? new OutcomeValue.Number(row.previousNumber()).text() : null;
    }
}
