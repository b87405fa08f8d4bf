package io.freshet.schemas.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireFormat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Would catch a specification changed in encoding, and one that fails the job. */
class ModelSpecCodecTest {
    private static final ModelSpec SPEC = Snapshots.of("delays", "", 5, 1).spec();

    private final ModelSpecCodec codec = new ModelSpecCodec();

    @Test
    void a_specification_reads_back_equal_under_its_name() throws MalformedRecordException {
        KeyedBytes record = codec.write(SPEC, 1234);
        assertThat(record.key()).asString(StandardCharsets.UTF_8).isEqualTo("delays");
        assertThat(codec.read(record.value())).isEqualTo(SPEC);
    }

    @Test
    void deleting_writes_a_tombstone_under_the_name() {
        KeyedBytes record = codec.delete("delays");
        assertThat(record.key()).isEqualTo(codec.write(SPEC, 0).key());
        assertThat(record.value()).isNull();
    }

    @Test
    void an_invalid_specification_is_malformed_with_its_field() {
        assertThatThrownBy(() -> codec.read(wire("m", "name: m\nlabel: y\nfeatures: {numeric: [a]}\nloss: mse\n")))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageStartingWith("yaml: loss: mse (expected: ");
        assertThatThrownBy(() -> codec.read(wire("m", "name: " + "[".repeat(50_000))))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageStartingWith("yaml: ");
    }

    @Test
    void a_specification_under_another_name_is_malformed() {
        assertThatThrownBy(() -> codec.read(wire("other", SPEC.toYaml())))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("name: other (expected: delays)");
    }

    /** The message is logged and printed on terminals, which obey escape sequences. */
    @Test
    void a_long_name_with_control_characters_is_shortened_and_harmless() {
        String name = "\u001b]0;title\u0007\u009b2J\n" + "x".repeat(1 << 20);
        assertThatThrownBy(() -> codec.read(wire(name, SPEC.toYaml())))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("name:  ]0;title  2J " + "x".repeat(186) + "... (expected: delays)");
    }

    @Test
    void a_truncated_record_and_random_bytes_are_malformed() {
        byte[] valid = codec.write(SPEC, 1).value();
        for (int length = 0; length < valid.length; length++) {
            byte[] cut = Arrays.copyOf(valid, length);
            assertThatThrownBy(() -> codec.read(cut))
                    .as("length " + length)
                    .isInstanceOf(MalformedRecordException.class);
        }
        long seed = 20260116;
        SplittableRandom random = new SplittableRandom(seed);
        for (int trial = 0; trial < 1500; trial++) {
            byte[] bytes = valid.clone();
            for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
                bytes[random.nextInt(10, bytes.length)] = (byte) random.nextInt();
            }
            try {
                codec.read(bytes);
            } catch (MalformedRecordException expected) {
                assertThat(expected).hasMessageContaining(":");
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", trial " + trial, e);
            }
        }
    }

    private static byte[] wire(String name, String yaml) {
        return new WireFormat<io.freshet.wire.ModelSpec>(io.freshet.wire.ModelSpec.getClassSchema(), List.of())
                .write(new io.freshet.wire.ModelSpec(name, yaml, Instant.EPOCH));
    }
}
