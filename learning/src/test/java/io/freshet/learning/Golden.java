package io.freshet.learning;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Reads golden files, and compares with them by a relative tolerance with a floor. */
public final class Golden {
    private Golden() {}

    public static JsonNode read(String name) {
        try (InputStream in = Golden.class.getResourceAsStream("/golden/" + name)) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static float[] floats(JsonNode array) {
        float[] floats = new float[array.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) array.get(i).doubleValue();
        }
        return floats;
    }

    public static void assertClose(double actual, double expected, double relative, double floor, String what) {
        if (!(Math.abs(actual - expected) <= relative * Math.abs(expected) + floor)) {
            throw new AssertionError("%s: %s (expected: %s)".formatted(what, actual, expected));
        }
    }
}
