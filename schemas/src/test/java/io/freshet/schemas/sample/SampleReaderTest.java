package io.freshet.schemas.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.schemas.avro.MalformedRecordException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Would catch fields that tools do not print, and bytes that crash them. */
class SampleReaderTest {
    private final byte[] sample = new SampleWriter()
            .write(
                    new SampleHeader("7", "delays", 1234, 3),
                    Map.of("b", 2.0, "a", 1.5),
                    Map.of("origin", "JFK"),
                    Map.of("pixel", new float[] {1, 0.5f}),
                    Map.of(
                            "tags",
                            new SparseVector(new int[] {9, 7}, new float[] {0.5f, 2}),
                            "words",
                            SparseVector.of(3, 4)));

    @Test
    void reads_every_field_that_was_written() throws Exception {
        SampleReader.Fields fields = new SampleReader().read(sample);

        assertThat(fields)
                .isEqualTo(new SampleReader.Fields(
                        new SampleHeader("7", "delays", 1234, 3),
                        Map.of("a", 1.5, "b", 2.0),
                        Map.of("origin", "JFK"),
                        Map.of("pixel", List.of(1f, 0.5f)),
                        Map.of("tags", "9:0.5 7:2.0", "words", "3:1 4:1")));
        assertThat(fields.numbers().keySet()).containsExactly("a", "b");
    }

    @Test
    void rejects_every_prefix_of_a_sample_and_other_bytes() {
        for (int length = 0; length < sample.length; length++) {
            byte[] start = Arrays.copyOf(sample, length);
            assertThatThrownBy(() -> new SampleReader().read(start)).isInstanceOf(MalformedRecordException.class);
        }
        assertThatThrownBy(() -> new SampleReader().read(new byte[50])).isInstanceOf(MalformedRecordException.class);
    }
}
