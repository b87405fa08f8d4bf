package io.freshet.job.join;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;

class TimedSourceTest {
    private static final List<Ends> CREATED = new ArrayList<>();

    private static final class Ends implements LogEnds {
        private boolean closed;

        @Override
        public Map<TopicPartition, Log> read() {
            return Map.of();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static Ends create() {
        Ends ends = new Ends();
        CREATED.add(ends);
        return ends;
    }

    /** Flink closes an enumerator after a failed checkpoint, and creates another one from the same source. */
    @Test
    void another_enumerator_asks_with_a_connection_of_its_own() throws Exception {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", "127.0.0.1:1");
        TimedSource<String> source = new TimedSource<>(
                List.of("requests"),
                OffsetsInitializer.earliest(),
                KafkaRecordDeserializationSchema.valueOnly(StringDeserializer.class),
                properties,
                new TimedSource.Timing<>(text -> 0, Duration.ZERO, Duration.ZERO),
                TimedSourceTest::create);
        source.enumerator(kafka(), null).close();
        source.enumerator(kafka(), null);
        assertThat(CREATED).extracting(ends -> ends.closed).containsExactly(true, false);
    }

    @SuppressWarnings("unchecked")
    private static SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> kafka() {
        return (SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState>) Proxy.newProxyInstance(
                TimedSourceTest.class.getClassLoader(),
                new Class<?>[] {SplitEnumerator.class},
                (proxy, method, arguments) -> null);
    }
}
