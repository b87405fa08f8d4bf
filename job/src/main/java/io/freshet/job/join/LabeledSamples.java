package io.freshet.job.join;

import io.freshet.job.record.OutputRecord;
import io.freshet.learning.encode.RowSelector;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Stage;
import io.freshet.learning.join.JoinEmission;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.kafka.KeyField;
import io.freshet.schemas.sample.RowEncoder;
import io.freshet.schemas.sample.SampleDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes the samples of one model: the request of each, with its label. A closed sample has only the fields by which it finds
 * its learner. The key of the record is that of the model, or else the id, so that all samples of an id are in one partition, in
 * order.
 */
final class LabeledSamples {
    private final ModelSpec spec;
    private final Row row;
    private final SampleDecoder decoder;
    private final RowEncoder complete;
    private final RowEncoder closed;
    private final @Nullable KeyField key;
    /** Place of the label among the texts if it is the name of a class, else among the numbers. */
    private final int label;

    LabeledSamples(ModelSpec spec) {
        this.spec = spec;
        RowLayout layout = RowLayout.of(List.of(spec));
        row = new Row(layout);
        decoder = new SampleDecoder(layout);
        complete = new RowEncoder(layout);
        closed = new RowEncoder(layout, routing(spec)::contains);
        key = KeyField.of(spec, layout);
        label = spec.labels().isEmpty() ? layout.number(spec.label()) : layout.text(spec.label());
    }

    /** Returns the names of the fields of a closed sample. */
    private static Set<String> routing(ModelSpec spec) {
        Set<String> names = new HashSet<>();
        names.add(spec.label());
        for (String name : Arrays.asList(spec.key(), spec.fields().id())) {
            if (name != null) {
                names.add(name);
            }
        }
        names.addAll(RowSelector.fields(spec).numberFields());
        names.addAll(RowSelector.fields(spec).textFields());
        RowSelector.fields(spec).vectorFields().stream()
                .map(RowLayout::wireName)
                .forEach(names::add);
        return names;
    }

    /**
     * @param request as a sample without a label
     * @param now timestamp of the record
     * @throws MalformedRecordException if the request was damaged
     */
    OutputRecord sample(byte[] request, JoinEmission emission, long now) throws MalformedRecordException {
        decoder.decode(request, 0, row);
        setLabel(emission);
        boolean isClosed = emission.stage() == Stage.CLOSED;
        byte[] value = (isClosed ? closed : complete).encode(row, spec.name());
        return OutputRecord.of("", new KeyedBytes(key(), value), now);
    }

    private void setLabel(JoinEmission emission) throws MalformedRecordException {
        row.stage(emission.stage());
        boolean changed = emission.stage() == Stage.CHANGED;
        if (spec.labels().isEmpty()) {
            row.number(label, emission.label());
            if (changed) {
                row.previous(emission.previous());
            }
        } else {
            row.addText(label, className(emission.label()));
            if (changed) {
                row.previous(className(emission.previous()).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private String className(double number) throws MalformedRecordException {
        if (number < 0 || number >= spec.labels().size() || number != (int) number) {
            throw new MalformedRecordException(spec.label() + ": class " + number + " (expected: an integer below "
                    + spec.labels().size() + ")");
        }
        return spec.labels().get((int) number);
    }

    private byte[] key() {
        return key == null || !row.hasText(key.place())
                ? Arrays.copyOfRange(row.idBytes(), row.idFrom(), row.idTo())
                : Arrays.copyOfRange(row.bytes(), row.textFrom(key.place()), row.textTo(key.place()));
    }
}
