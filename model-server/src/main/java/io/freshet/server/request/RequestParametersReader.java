package io.freshet.server.request;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the {@code parameters} of requests, of their inputs, and of their outputs. */
final class RequestParametersReader {
    private RequestParametersReader() {}

    /** Reads the parameters of a request; null is the same as none. */
    static RequestParameters request(JsonParser parser) throws IOException, RequestException {
        return RequestParameters.of(scalars(parser, "parameters"));
    }

    /**
     * Reads the parameters of an input or output. The only one is {@code binary_data: false}, which some clients send.
     *
     * @throws RequestException if there are others
     */
    static void tensor(JsonParser parser, String path) throws IOException, RequestException {
        for (Map.Entry<String, Object> parameter : scalars(parser, path).entrySet()) {
            boolean json = parameter.getKey().equals("binary_data")
                    && parameter.getValue().equals(false);
            if (!json) {
                throw RequestException.bad(
                        path,
                        Excerpt.name(parameter.getKey() + "=" + parameter.getValue()),
                        "none, or binary_data=false");
            }
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
