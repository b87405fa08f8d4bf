package io.freshet.server.request;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the {@code parameters} of requests, of their inputs, and of their outputs. */
final class RequestParametersReader {
    private RequestParametersReader() {}

    /** Reads the parameters of a request; null is the same as none. */
    static RequestParameters request(JsonParser parser) throws IOException, RequestException {
        return RequestParameters.of(scalars(parser, "parameters"));
    }

    /**
     * Reads the parameters of an input; returns the size of its values in binary form, or null if they are JSON.
     *
     * @throws RequestException if there are others
     */
    static @Nullable Long input(JsonParser parser, String path) throws IOException, RequestException {
        Map<String, Object> parameters = scalars(parser, path);
        Object size = parameters.remove("binary_data_size");
        // Some clients send it with inputs too.
        parameters.remove("binary_data", false);
        requireNone(parameters, path, "binary_data_size");
        if (size == null) {
            return null;
        }
        if (size instanceof BigInteger number && number.bitLength() < Long.SIZE) {
            return number.longValue();
        }
        throw RequestException.bad(path + ".binary_data_size", Excerpt.name(size.toString()), "a number of bytes");
    }

    /**
     * Reads the parameters of an output; returns whether to return its values in binary form, or null if they do not
     * say.
     *
     * @throws RequestException if there are others
     */
    static @Nullable Boolean output(JsonParser parser, String path) throws IOException, RequestException {
        Map<String, Object> parameters = scalars(parser, path);
        Object binary = parameters.remove("binary_data");
        requireNone(parameters, path, "binary_data");
        if (binary == null || binary instanceof Boolean) {
            return (Boolean) binary;
        }
        throw RequestException.bad(path + ".binary_data", Excerpt.name(binary.toString()), "true or false");
    }

    private static void requireNone(Map<String, Object> others, String path, String known) throws RequestException {
        for (Map.Entry<String, Object> parameter : others.entrySet()) {
            throw RequestException.bad(
                    path, Excerpt.name(parameter.getKey() + "=" + parameter.getValue()), "none, or " + known);
        }
    }

    private static Map<String, Object> scalars(JsonParser parser, String path) throws IOException, RequestException {
        Map<String, Object> parameters = new LinkedHashMap<>();
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return parameters;
        }
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw RequestException.bad(path, Excerpt.name(String.valueOf(parser.getText())), "an object");
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            parameters.put(name, scalar(parser, path + "." + Excerpt.name(name)));
        }
        return parameters;
    }

    private static Object scalar(JsonParser parser, String path) throws IOException, RequestException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getBigIntegerValue();
            case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default ->
                throw RequestException.bad(
                        path, Excerpt.name(String.valueOf(parser.getText())), "a string, a number, or a boolean");
        };
    }
}
