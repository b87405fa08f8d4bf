package io.freshet.server.request;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
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
     * @throws RequestException if it is not a number of bytes
     */
    static @Nullable Long input(JsonParser parser, String path) throws IOException, RequestException {
        Object size = known(parser, path, "binary_data_size");
        if (size == null) {
            return null;
        }
        if (size instanceof BigInteger number && number.bitLength() < Long.SIZE) {
            return number.longValue();
        }
        throw RequestException.bad(
                path + ".binary_data_size", RequestExcerpt.name(size.toString()), "a number of bytes");
    }

    /**
     * Reads the parameters of an output; returns whether to return its values in binary form, or null if they do not
     * say.
     *
     * @throws RequestException if it is not a boolean
     */
    static @Nullable Boolean output(JsonParser parser, String path) throws IOException, RequestException {
        Object binary = known(parser, path, "binary_data");
        if (binary == null || binary instanceof Boolean) {
            return (Boolean) binary;
        }
        throw RequestException.bad(path + ".binary_data", RequestExcerpt.name(binary.toString()), "true or false");
    }

    /** Returns the value of a parameter of a tensor, or null. Other servers know others, such as the content type of MLServer. */
    private static @Nullable Object known(JsonParser parser, String path, String known)
            throws IOException, RequestException {
        Object value = null;
        if (isPresent(parser, path)) {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals(known)) {
                    value = scalar(parser, path + "." + known);
                } else {
                    RequestParameters.requireOffered(path, name);
                    parser.skipChildren();
                }
            }
        }
        return value;
    }

    /** Returns false if the parameters are null. */
    private static boolean isPresent(JsonParser parser, String path) throws IOException, RequestException {
        if (parser.currentToken() != JsonToken.VALUE_NULL && parser.currentToken() != JsonToken.START_OBJECT) {
            throw RequestException.bad(path, RequestExcerpt.name(String.valueOf(parser.getText())), "an object");
        }
        return parser.currentToken() == JsonToken.START_OBJECT;
    }

    private static Map<String, Object> scalars(JsonParser parser, String path) throws IOException, RequestException {
        Map<String, Object> parameters = new LinkedHashMap<>();
        if (!isPresent(parser, path)) {
            return parameters;
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            parameters.put(name, scalar(parser, path + "." + RequestExcerpt.name(name)));
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
                        path,
                        RequestExcerpt.name(String.valueOf(parser.getText())),
                        "a string, a number, or a boolean");
        };
    }
}
