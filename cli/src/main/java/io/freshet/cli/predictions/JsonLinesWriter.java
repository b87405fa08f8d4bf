package io.freshet.cli.predictions;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.io.Writer;
import java.util.Map;

/** Writes one JSON object per line. A rejected row has an {@code error} instead of a prediction. */
final class JsonLinesWriter implements RowWriter {
    private final JsonGenerator json;
    private boolean inRow;

    JsonLinesWriter(Writer out) throws IOException {
        json = new JsonFactory().createGenerator(out);
        json.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
    }

    @Override
    public void name(String name) throws IOException {
        if (!inRow) {
            json.writeStartObject();
            inRow = true;
        }
        json.writeFieldName(name);
    }

    @Override
    public void number(long value) throws IOException {
        json.writeNumber(value);
    }

    @Override
    public void number(float value) throws IOException {
        json.writeNumber(value);
    }

    @Override
    public void number(double value) throws IOException {
        json.writeNumber(value);
    }

    @Override
    public void numbers(Map<String, Double> byName) throws IOException {
        json.writeStartObject();
        for (Map.Entry<String, Double> each : byName.entrySet()) {
            json.writeNumberField(each.getKey(), each.getValue());
        }
        json.writeEndObject();
    }

    @Override
    public void none() throws IOException {
        json.writeNull();
    }

    @Override
    public void text(String value) throws IOException {
        json.writeString(value);
    }

    @Override
    public void bool(boolean value) throws IOException {
        json.writeBoolean(value);
    }

    @Override
    public void startList() throws IOException {
        json.writeStartArray();
    }

    @Override
    public void endList() throws IOException {
        json.writeEndArray();
    }

    @Override
    public void endRejectedRow(String reason) throws IOException {
        name("error");
        text(reason);
        endRow();
    }

    @Override
    public void endRow() throws IOException {
        json.writeEndObject();
        inRow = false;
    }

    @Override
    public void close() throws IOException {
        if (!json.isClosed()) {
            json.writeRaw('\n');
        }
        json.close();
    }
}
