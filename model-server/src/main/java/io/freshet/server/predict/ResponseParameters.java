package io.freshet.server.predict;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;

/** Writes the parameters of a response as JSON. */
public final class ResponseParameters {
    private ResponseParameters() {}

    /** Writes them as the field {@code parameters} of the current object. */
    public static void write(InferResponse response, JsonGenerator to) throws IOException {
        to.writeObjectFieldStart("parameters");
        for (Map.Entry<String, Object> parameter : response.parameters().entrySet()) {
            to.writeFieldName(parameter.getKey());
            writeScalar(parameter.getValue(), to);
        }
        to.writeEndObject();
    }

    private static void writeScalar(Object value, JsonGenerator to) throws IOException {
        if (value instanceof BigInteger number) {
            to.writeNumber(number);
        } else if (value instanceof BigDecimal number) {
            to.writeNumber(number);
        } else if (value instanceof Long number) {
            to.writeNumber(number);
        } else if (value instanceof Double number) {
            to.writeNumber(number);
        } else if (value instanceof Boolean flag) {
            to.writeBoolean(flag);
        } else {
            to.writeString(value.toString());
        }
    }
}
