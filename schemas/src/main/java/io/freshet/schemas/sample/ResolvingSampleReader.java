package io.freshet.schemas.sample;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireFormat;
import io.freshet.wire.Sample;
import io.freshet.wire.SparseVector;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Reads samples of any known writer schema through Avro's schema resolution. Not thread-safe. */
final class ResolvingSampleReader {
    private final RowLayout layout;
    private final WireFormat<Sample> format;
    private String model = "";

    ResolvingSampleReader(RowLayout layout, Collection<Schema> writers) {
        this.layout = layout;
        format = new WireFormat<>(Sample.getClassSchema(), writers);
    }

    /** Fills a row from a record in single-object encoding. */
    void read(byte[] record, long timestamp, Row row) throws MalformedRecordException {
        Sample sample = format.read(record);
        row.clear();
        model = sample.getModel();
        long eventTime = sample.getEventTime().toEpochMilli();
        row.eventTime(eventTime == 0 ? timestamp : eventTime);
        row.id(sample.getId());
        row.epoch(sample.getEpoch());
        row.stage(InPlaceSampleReader.stage(sample.getStage()));
        readPrevious(sample.getPrevious(), row);
        for (Map.Entry<String, Double> number : sample.getNumbers().entrySet()) {
            int index = layout.number(number.getKey());
            if (index >= 0) {
                row.number(index, number.getValue());
            }
        }
        for (Map.Entry<String, String> text : sample.getTexts().entrySet()) {
            int index = layout.text(text.getKey());
            if (index >= 0) {
                row.copyText(index, text.getValue());
            }
            int number = layout.times().contains(text.getKey()) ? -1 : layout.number(text.getKey());
            if (number >= 0) {
                byte[] utf8 = text.getValue().getBytes(StandardCharsets.UTF_8);
                TextFields.word(row, number, utf8, 0, utf8.length);
            }
        }
        for (Map.Entry<String, List<Float>> vector : sample.getVectors().entrySet()) {
            read(vector.getValue(), layout.vector(vector.getKey()), row);
        }
        for (Map.Entry<String, SparseVector> vector : sample.getSparse().entrySet()) {
            read(vector.getValue(), layout.text(vector.getKey()), row);
        }
    }

    private static void readPrevious(@Nullable Object previous, Row row) {
        if (previous instanceof Double number) {
            row.previous(number);
        } else if (previous != null) {
            row.previous(previous.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void read(SparseVector from, int index, Row row) throws MalformedRecordException {
        int length = from.getIndices().size();
        int values = from.getValues().size();
        if (length > Row.LONGEST_VECTOR) {
            throw InPlaceSampleReader.tooLong(length);
        }
        if (values != 0 && values != length) {
            throw InPlaceSampleReader.sparseLengths(length, values);
        }
        if (index >= 0) {
            row.sparse(index, length);
            for (int i = 0; i < length; i++) {
                row.sparseIndices(index)[i] = from.getIndices().get(i);
                row.sparseValues(index)[i] = values == 0 ? 1 : from.getValues().get(i);
            }
        }
    }

    private static void read(List<Float> from, int index, Row row) throws MalformedRecordException {
        if (from.size() > Row.LONGEST_VECTOR) {
            throw InPlaceSampleReader.tooLong(from.size());
        }
        if (index >= 0) {
            float[] to = row.vector(index, from.size());
            for (int i = 0; i < from.size(); i++) {
                to[i] = from.get(i);
            }
        }
    }

    /** Returns the model of the last sample, or "" for all. */
    String model() {
        return model;
    }
}
