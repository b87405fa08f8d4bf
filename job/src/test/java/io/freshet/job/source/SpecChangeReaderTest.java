package io.freshet.job.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.record.SpecChange;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a record of the models topic that fails the job, and fails it again after every restart. */
class SpecChangeReaderTest {
    private static final ModelSpec SPEC = TestStream.keyed();
    private static final KeyedBytes APPLIED = new ModelSpecCodec().write(SPEC, 1_000);

    @Test
    void reads_a_specification() {
        assertThat(read(APPLIED.key(), APPLIED.value()))
                .containsExactly(new SpecChange.Applied("keyed", SPEC.toYaml()));
    }

    @Test
    void reads_a_tombstone_as_a_deletion() {
        KeyedBytes deleted = new ModelSpecCodec().delete("keyed");
        assertThat(read(deleted.key(), deleted.value())).containsExactly(SpecChange.deleted("keyed"));
    }

    @Test
    void skips_a_tombstone_without_a_key() {
        assertThat(read(null, null)).isEmpty();
    }

    @Test
    void skips_every_truncated_record() {
        for (int length = 0; length < APPLIED.value().length; length++) {
            byte[] cut = Arrays.copyOf(APPLIED.value(), length);
            assertThat(read(APPLIED.key(), cut)).as("%d bytes", length).isEmpty();
        }
    }

    @Test
    void skips_a_text_with_a_length_larger_than_memory() {
        // Ten bytes of header, then the length of the name: 2^31 - 10 as a variable-length zigzag number.
        byte[] huge = Arrays.copyOf(APPLIED.value(), 15);
        long length = 2L * (Integer.MAX_VALUE - 9);
        for (int i = 10; i < 15; i++) {
            huge[i] = (byte) ((length & 0x7f) | (i < 14 ? 0x80 : 0));
            length >>>= 7;
        }
        assertThat(read(APPLIED.key(), huge)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "name",
                "[1, 2",
                "name: [",
                "name: m",
                "{name: m, label: y, features: {numeric: [a]}, loss: none-such}",
                "{name: m, label: y, features: {numeric: [a]}, loss: mean-squared-error, lossy: true}",
                "{name: !!int abc, label: y, features: {numeric: [a]}, loss: mean-squared-error}",
                "{name: !!float abc, label: y, features: {numeric: [a]}, loss: mean-squared-error}",
                "{name: !!bool abc, label: y, features: {numeric: [a]}, loss: mean-squared-error}",
                "{name: !!binary '%%%', label: y, features: {numeric: [a]}, loss: mean-squared-error}",
                "{name: !!java.io.File [x], label: y, features: {numeric: [a]}, loss: mean-squared-error}",
                "{name: m, name: n, label: y, features: {numeric: [a]}, loss: mean-squared-error}",
                "{name: m, label: y, features: {numeric: [&a [*a]]}, loss: mean-squared-error}",
                "&a {name: m, label: y, features: *a, loss: mean-squared-error}",
                "{name: m, label: y, features: {numeric: [a]}, loss: mean-squared-error, seed: 99999999999999999999}",
                "{name: m, label: y, features: {numeric: [a], hashBits: 1e9}, loss: mean-squared-error}",
                "{name: m, label: y, features: {numeric: [a]}, loss: mean-squared-error, outputs: 2147483647}",
                "{? {a: b} : c, name: m}",
                "name: \u0000",
                "--- a\n--- b",
                "%YAML 9.9\n---\nname: m",
                "\ufeff\ufeffname: m",
                "name: ${HOME}",
            })
    void skips_an_invalid_specification(String yaml) {
        assertThat(read("m".getBytes(UTF_8), value(yaml))).isEmpty();
    }

    @Test
    void skips_an_extremely_nested_specification() {
        assertThat(read("m".getBytes(UTF_8), value("[".repeat(200_000)))).isEmpty();
        assertThat(read("m".getBytes(UTF_8), value("a: ".repeat(100_000)))).isEmpty();
        assertThat(read("m".getBytes(UTF_8), value("- ".repeat(200_000)))).isEmpty();
    }

    @Test
    void skips_a_specification_that_expands_exponentially() {
        StringBuilder yaml = new StringBuilder("x0: &x0 [a, a, a, a, a, a, a, a, a]\n");
        for (int i = 1; i < 20; i++) {
            yaml.append("x%d: &x%d [".formatted(i, i));
            yaml.append("*x%d, ".formatted(i - 1).repeat(8)).append("*x%d]\n".formatted(i - 1));
        }
        assertThat(read("m".getBytes(UTF_8), value(yaml.toString()))).isEmpty();
    }

    /** Returns a valid record with its specification replaced by any text. */
    private static byte[] value(String yaml) {
        byte[] text = yaml.getBytes(UTF_8);
        byte[] name = {2, 'm'};
        byte[] length = zigzag(text.length);
        byte[] value = Arrays.copyOf(APPLIED.value(), 10 + name.length + length.length + text.length + 1);
        System.arraycopy(name, 0, value, 10, name.length);
        System.arraycopy(length, 0, value, 10 + name.length, length.length);
        System.arraycopy(text, 0, value, 10 + name.length + length.length, text.length);
        return value;
    }

    private static byte[] zigzag(int number) {
        byte[] bytes = new byte[5];
        int count = 0;
        long rest = 2L * number;
        while (rest >= 0x80) {
            bytes[count++] = (byte) ((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        bytes[count++] = (byte) rest;
        return Arrays.copyOf(bytes, count);
    }

    /** A full batch would fill the state of a live job and never be learned. */
    @Test
    void a_full_batch_requires_bounded_samples() {
        ModelSpec full = ModelSpec.parse("""
            {name: f, label: y, features: {numeric: [a]}, loss: mean-squared-error, batch: {size: full}}
            """);
        KeyedBytes applied = new ModelSpecCodec().write(full, 1_000);
        assertThat(read(applied.key(), applied.value(), false)).isEmpty();
        assertThat(read(applied.key(), applied.value(), true)).hasSize(1);
        assertThat(read(APPLIED.key(), APPLIED.value(), true)).hasSize(1);
    }

    private static List<SpecChange> read(byte[] key, byte[] value) {
        return read(key, value, false);
    }

    private static List<SpecChange> read(byte[] key, byte[] value, boolean bounded) {
        SpecChange change = SpecChangeReader.read(new ConsumerRecord<>("models", 0, 7, key, value), bounded);
        return change == null ? List.of() : List.of(change);
    }
}
