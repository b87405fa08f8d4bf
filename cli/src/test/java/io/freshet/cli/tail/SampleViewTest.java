package io.freshet.cli.tail;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.learning.features.Stage;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleWriter;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class SampleViewTest {
    @Test
    void cuts_long_vectors_to_their_first_numbers_and_length() throws Exception {
        Map<String, float[]> vectors = new TreeMap<>(Map.of("mask", new float[] {1, 0}, "pixel", new float[784]));
        byte[] sample = new SampleWriter().write(new SampleHeader("7", "", 0, 2), Map.of("y", 1.0), Map.of(), vectors);
        assertThat(json(sample))
                .isEqualTo(
                        "{\"id\":\"7\",\"numbers\":{\"y\":1.0},\"texts\":{},\"vectors\":{\"mask\":[1.0,0.0],\"pixel\":[0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,\"..."
                                + " (784 numbers)\"]},\"epoch\":2}");
    }

    @Test
    void omits_vectors_from_a_sample_without_any() throws Exception {
        assertThat(json(new SampleWriter().write("", "", 0, Map.of("y", 1.0), Map.of())))
                .isEqualTo("{\"numbers\":{\"y\":1.0},\"texts\":{}}");
    }

    @Test
    void shows_the_stage_and_the_label_that_a_changed_sample_replaces() throws Exception {
        SampleHeader header = new SampleHeader("r1", "ctr", 0, 0, Stage.CHANGED, 0.0);
        assertThat(json(new SampleWriter().write(header, Map.of("y", 1.0), Map.of(), Map.of())))
                .isEqualTo(
                        "{\"id\":\"r1\",\"model\":\"ctr\",\"numbers\":{\"y\":1.0},\"texts\":{},\"stage\":\"changed\","
                                + "\"previous\":0.0}");
    }

    private static String json(byte[] value) throws Exception {
        return new ObjectMapper()
                .writeValueAsString(new SampleView().fields(new ConsumerRecord<>("samples", 0, 0, new byte[0], value)));
    }
}
