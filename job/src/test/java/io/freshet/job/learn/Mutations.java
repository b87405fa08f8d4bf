package io.freshet.job.learn;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.WireFormat;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Random changes of valid records. */
final class Mutations {
    private static final String[] SPECS = {
        "{name: m1, label: y, features: {numeric: [a, b], categorical: [d], hashBits: 6}, loss: binary-cross-entropy}",
        "{name: m2, label: t, key: c, features: {numeric: [a], cross: [[c, d]], hashBits: 4}, loss: mean-squared-error,"
                + " optimizer: {type: adam, learningRate: 0.01}, batch: {size: 3, maxDelayMillis: 5}}",
        "{name: m3, label: y, features: {numeric: [a, b]}, model: {type: mlp, hidden: [8, 4], activation: tanh,"
                + " dropout: 0.5}, outputs: 3, loss: sparse-categorical-cross-entropy, evaluation: {window: 3, topK: 2}}",
        "{name: m4, label: y, weight: w, features: {numeric: [a, missing], categorical: [d], hashBits: 3, missing:"
                + " {default: indicator, fields: {a: mean}}}, model: {type: embedding-mlp, dimension: 2, hidden: [3]},"
                + " loss: {type: huber, delta: 1.5}, clip: {norm: 1}, watch: {drift: adwin, plateau: 3}}",
        "{name: m5, label: y, features: {tokens: [c], sparse: [d], hashBits: 5, time: [{field: a, features: [hour,"
                + " weekday], encoding: cyclic, zone: Europe/Zurich}]}, model: {type: factorization-machine, rank: 2},"
                + " loss: hinge, schedule: {type: step, every: 20}, onDivergence: revert, publish: {lane: committed}}",
        "{name: m6, label: v, outputs: 2, features: {dense: [{field: x, length: 2, standardize: true}]},"
                + " loss: mean-absolute-error, optimizer: {type: ftrl}, regularization: {l1: 0.1, l2: 0.2}, holdout: 0.2}",
        "{name: m7, label: v, outputs: 3, features: {dense: {field: x*, length: 2}}, model: {type: sequence, hidden: 3,"
                + " steps: 4}, loss: sequence-cross-entropy}",
        "{name: m8, label: y, features: {numeric: [a]}, loss: poisson, order: {type: strict}, deduplicate: 1h, id: d}",
        "{name: m9, label: y, features: {numeric: [a]}, loss: quantile, replicas: {count: 2, period: 10, merge: mean}}",
        "{name: m11, label: t, features: {numeric: [a]}, loss: mean-squared-error, when: {field: c, equals: [c1, c2]}}",
        "{name: m12, label: y, features: {categorical: [a], hashBits: 4}, loss: hinge, when: {exists: x}}",
        "{name: m13, label: y, features: {numeric: [b]}, loss: hinge, when: {field: a, equals: 1}}",
        "{name: m10, label: y, key: c, features: {numeric: [a]}, loss: iou, outputs: 1, timeToLive: 1h, frozen: true}",
    };

    /** What replaces a token of a specification. */
    private static final String[] VALUES = {
        "0",
        "-1",
        "1",
        "2147483647",
        "2147483648",
        "-9223372036854775808",
        "9223372036854775807",
        "1e308",
        "1e-400",
        "99999999999999999999",
        ".nan",
        ".inf",
        "-.inf",
        "0x7fffffff",
        "null",
        "~",
        "true",
        "''",
        "' '",
        "[]",
        "{}",
        "[[]]",
        "[null]",
        "{a: b}",
        "\"\\u2028\"",
        "\"\\0\"",
        "\"\\x85\"",
        "\"\\ud800\"",
        "'#'",
        "\u20ac",
        "y",
        "a",
        "x*",
        "*",
        "'*'",
        "$.a",
        "'$.'",
        "full",
        "adam",
        "lbfgs",
        "scale-free",
        "mlp",
        "sequence",
        "strict",
        "1h",
        "30d",
        "&a a",
        "*a",
        "!!int 5",
        "!!binary YQ==",
        "? a",
        "--- a",
        "65536",
        "100000",
        "26",
        "1024",
        "[65536, 65536]",
        "'\n'",
        "\"a\\nb\"",
        "!!set {a}"
    };

    /** What a mutated text contains. */
    private static final String TEXT = " {}[]:,\"'\\-.0123456789eEnulltrue\u0000\u00ff";

    private static final WireFormat<io.freshet.wire.ModelSpec> FORMAT =
            new WireFormat<>(io.freshet.wire.ModelSpec.getClassSchema(), List.of());

    private final Random random;

    Mutations(Random random) {
        this.random = random;
    }

    /** Returns the models whose specifications are mutated, unchanged. */
    static List<ModelSpec> models() {
        return Arrays.stream(SPECS)
                .filter(yaml -> !yaml.contains("replicas"))
                .map(ModelSpec::parse)
                .toList();
    }

    byte[] specKey() {
        return switch (random.nextInt(40)) {
            case 0 -> new byte[0];
            case 1 -> "m1#0123456789abcdef/0".getBytes(UTF_8);
            case 2 -> bytes(20);
            default -> ("m" + (1 + random.nextInt(SPECS.length))).getBytes(UTF_8);
        };
    }

    /** Returns the value of a record of the models topic: mostly a mutated specification in a valid record. */
    byte[] specRecord() {
        String yaml = SPECS[random.nextInt(SPECS.length)];
        String name = yaml.substring("{name: ".length(), yaml.indexOf(','));
        if (random.nextInt(8) > 0) {
            for (int i = random.nextInt(4); i >= 0; i--) {
                yaml = mutated(yaml);
            }
        }
        byte[] value = FORMAT.write(new io.freshet.wire.ModelSpec(name, yaml, Instant.ofEpochMilli(1)));
        return random.nextInt(10) == 0 ? of(value, false) : value;
    }

    private String mutated(String yaml) {
        return switch (random.nextInt(6)) {
            case 0 -> new String(of(yaml.getBytes(ISO_8859_1), true), ISO_8859_1);
            case 1, 2, 3 -> replaceToken(yaml, VALUES[random.nextInt(VALUES.length)]);
            case 4 -> replaceToken(yaml, token(SPECS[random.nextInt(SPECS.length)]));
            default -> repeatPart(yaml);
        };
    }

    private String replaceToken(String yaml, String value) {
        String token = token(yaml);
        return token.isEmpty()
                ? yaml
                : yaml.replaceFirst(
                        "(?<![\\w*$.])" + Pattern.quote(token) + "(?![\\w*])", Matcher.quoteReplacement(value));
    }

    private String token(String yaml) {
        String[] tokens = yaml.split("[^\\w.*-]+");
        return tokens.length == 0 ? "" : tokens[random.nextInt(tokens.length)];
    }

    private String repeatPart(String yaml) {
        if (yaml.isEmpty()) {
            return yaml;
        }
        int from = random.nextInt(yaml.length());
        int to = Math.min(yaml.length(), from + 1 + random.nextInt(20));
        return yaml.substring(0, to) + yaml.substring(from, to).repeat(random.nextInt(50)) + yaml.substring(to);
    }

    /** Returns changed bytes; of another length in most cases. */
    byte[] of(byte[] valid, boolean text) {
        byte[] bytes = valid.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
            bytes = once(bytes, text);
        }
        return bytes;
    }

    private byte[] once(byte[] bytes, boolean text) {
        if (bytes.length == 0) {
            return bytes(random.nextInt(20));
        }
        int at = random.nextInt(bytes.length);
        byte any = (byte) (text ? TEXT.charAt(random.nextInt(TEXT.length())) : random.nextInt());
        switch (random.nextInt(8)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = any;
            case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0x7f);
            case 3 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 4 -> {
                return Arrays.copyOf(bytes, bytes.length + random.nextInt(20));
            }
            case 5 -> {
                return joined(bytes, at, bytes(random.nextInt(10)), at);
            }
            case 6 -> {
                return joined(bytes, at, new byte[0], Math.min(bytes.length, at + random.nextInt(10)));
            }
            default -> {
                int from = random.nextInt(bytes.length);
                return joined(
                        bytes,
                        at,
                        Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + 30)),
                        Math.min(bytes.length, at + random.nextInt(30)));
            }
        }
        return bytes;
    }

    /** Returns {@code [0, to)}, what is inserted, and {@code [from, end)}. */
    private static byte[] joined(byte[] bytes, int to, byte[] inserted, int from) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, to);
        out.writeBytes(inserted);
        out.write(bytes, from, bytes.length - from);
        return out.toByteArray();
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
