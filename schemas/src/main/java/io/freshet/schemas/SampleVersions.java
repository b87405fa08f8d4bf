package io.freshet.schemas;

import io.freshet.wire.Sample;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.avro.Schema;

/**
 * The schemas that samples have had. Fields are only ever added at the end, so that an older version is the start of
 * this one; {@code WireCompatibilityTest} reads the bytes that each has written.
 */
final class SampleVersions {
    /** id, model, eventTime, numbers, texts. */
    private static final int FIELDS_OF_THE_FIRST = 5;

    private SampleVersions() {}

    /** Returns the schema of version 1. */
    static Schema first() {
        Schema now = Sample.getClassSchema();
        List<Schema.Field> fields = new ArrayList<>();
        for (Schema.Field field : now.getFields().subList(0, FIELDS_OF_THE_FIRST)) {
            fields.add(new Schema.Field(field, field.schema()));
        }
        return Schema.createRecord(now.getName(), now.getDoc(), now.getNamespace(), false, fields);
    }

    /** Returns the format that reads every version, and samples by {@code writers} too. */
    static WireFormat<Sample> format(Collection<Schema> writers) {
        List<Schema> known = new ArrayList<>(writers);
        known.add(first());
        return new WireFormat<>(Sample.getClassSchema(), known);
    }
}
