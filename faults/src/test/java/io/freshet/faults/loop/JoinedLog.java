package io.freshet.faults.loop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.faults.oracle.TopicLog;
import io.freshet.schemas.kafka.Topics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Reads answers, outcomes, and samples, and compares the labels of the samples with those that the outcomes give. */
final class JoinedLog implements AutoCloseable {
    private static final int OPEN = 1;
    private static final int CHANGED = 2;
    private static final int CLOSED = 3;

    private static final BinaryMessageDecoder<GenericRecord> SAMPLES =
            new BinaryMessageDecoder<>(GenericData.get(), io.freshet.wire.Sample.getClassSchema());

    private final ObjectMapper json = new ObjectMapper();
    private final TopicLog answers;
    private final TopicLog outcomes;
    private final TopicLog samples;
    private final TopicLog unjoined;
    /** Times of logged requests, by {@code model/id}. */
    private final Map<String, Long> requests = new TreeMap<>();
    /** Outcomes by {@code model/id}, then outcome id. */
    private final Map<String, Map<String, Reported>> reported = new TreeMap<>();

    private final Map<String, List<Sample>> joined = new TreeMap<>();
    /** Ids of requests of which an outcome was not joined. */
    private final Set<String> outside = new TreeSet<>();

    private long sampleCount;
    private long doubledOutcomes;

    private record Sample(
            long time, int stage, double label, @Nullable Object previous) {
        static Sample of(GenericRecord sample) {
            return new Sample(
                    (long) sample.get("eventTime"),
                    (int) sample.get("stage"),
                    (double) ((Map<?, ?>) sample.get("numbers")).get("y"),
                    sample.get("previous"));
        }
    }

    private record Reported(long time, double value) {}

    JoinedLog(String bootstrapServers, Topics topics, int partitions) {
        answers = TopicLog.committed(bootstrapServers, topics.answers(), partitions);
        outcomes = TopicLog.committed(bootstrapServers, topics.outcomes(), partitions);
        samples = TopicLog.committed(bootstrapServers, topics.samples(), partitions);
        unjoined = TopicLog.committed(bootstrapServers, topics.unjoined(), partitions);
    }

    /**
     * Reads what is new; returns whether each logged request has closed with the label of its outcomes, and each outcome that does
     * not count was reported.
     */
    boolean isComplete() throws IOException {
        for (ConsumerRecord<byte[], byte[]> record : answers.readNew()) {
            JsonNode answer = json.readTree(record.value());
            requests.put(
                    answer.path("model").asText() + "/" + answer.path("id").asText(),
                    answer.path("event_time").asLong());
        }
        for (ConsumerRecord<byte[], byte[]> record : outcomes.readNew()) {
            JsonNode outcome = json.readTree(record.value());
            Reported before = reported.computeIfAbsent(
                            outcome.path("model").asText() + "/"
                                    + outcome.path("id").asText(),
                            id -> new LinkedHashMap<>())
                    .put(
                            outcome.path("outcome_id").asText(),
                            new Reported(
                                    outcome.path("time").asLong(),
                                    outcome.path("value").asDouble()));
            doubledOutcomes += before == null ? 0 : 1;
        }
        for (ConsumerRecord<byte[], byte[]> record : samples.readNew()) {
            sampleCount++;
            GenericRecord sample = SAMPLES.decode(record.value());
            joined.computeIfAbsent(sample.get("model") + "/" + sample.get("id"), id -> new ArrayList<>())
                    .add(Sample.of(sample));
        }
        for (ConsumerRecord<byte[], byte[]> record : unjoined.readNew()) {
            JsonNode outcome = json.readTree(record.value());
            outside.add(
                    outcome.path("model").asText() + "/" + outcome.path("id").asText());
        }
        return requests.keySet().stream().allMatch(this::isFinal) && outside.containsAll(reportedOutside());
    }

    /** Returns the logged requests that have an outcome outside of their attribution. */
    private Set<String> reportedOutside() {
        return requests.keySet().stream()
                .filter(id -> reported.getOrDefault(id, Map.of()).values().stream()
                        .anyMatch(outcome -> !isWithin(id, outcome)))
                .collect(Collectors.toSet());
    }

    private boolean isWithin(String id, Reported outcome) {
        long delay = outcome.time() - requests.get(id);
        return delay >= 0 && delay <= LoopLoad.WITHIN_MILLIS;
    }

    private boolean isFinal(String id) {
        List<Sample> own = joined.getOrDefault(id, List.of());
        return own.stream().anyMatch(sample -> sample.stage() == CLOSED)
                && own.stream()
                                .filter(sample -> sample.stage() != CLOSED)
                                .reduce((a, b) -> b)
                                .map(Sample::label)
                                .orElse(Double.NaN)
                        == expected(id);
    }

    /** Asserts that each logged request was learned once, and that its corrections sum to its final label. */
    void assertEachLearnedOnce() {
        assertThat(joined.keySet()).as("joined requests").isEqualTo(requests.keySet());
        assertThat(outside).as("requests with outcomes that were not joined").isEqualTo(reportedOutside());
        joined.forEach((id, own) -> {
            assertThat(own.stream().map(Sample::time))
                    .as("event times of %s", id)
                    .containsOnly(requests.get(id));
            assertThat(own.get(0).stage())
                    .as("stage of the first sample of %s", id)
                    .isEqualTo(OPEN);
            assertThat(own.stream().filter(sample -> sample.stage() == OPEN))
                    .as("first samples of %s", id)
                    .hasSize(1);
            assertThat(own.stream().filter(sample -> sample.stage() == CLOSED))
                    .as("closed samples of %s", id)
                    .hasSize(1);
            double label = own.get(0).label();
            for (Sample sample : own.subList(1, own.size())) {
                if (sample.stage() == CHANGED) {
                    assertThat(sample.previous()).as("previous label of %s", id).isEqualTo(label);
                    label = sample.label();
                } else {
                    assertThat(sample.label())
                            .as("label of %s when it closed", id)
                            .isEqualTo(label);
                }
            }
            assertThat(label).as("final label of %s", id).isEqualTo(expected(id));
        });
    }

    /** Returns the label that all outcomes within attribution give, each once. */
    private double expected(String id) {
        List<Reported> counting = reported.getOrDefault(id, Map.of()).values().stream()
                .filter(outcome -> isWithin(id, outcome))
                .sorted(Comparator.comparingLong(Reported::time))
                .toList();
        if (counting.isEmpty()) {
            return 0;
        }
        return id.startsWith("revenue/")
                ? counting.stream().mapToDouble(Reported::value).sum()
                : counting.get(counting.size() - 1).value();
    }

    int requests() {
        return requests.size();
    }

    long samples() {
        return sampleCount;
    }

    /** Returns the number of samples that correct a label. */
    long corrections() {
        return joined.values().stream()
                .flatMap(List::stream)
                .filter(sample -> sample.stage() == CHANGED)
                .count();
    }

    long doubledOutcomes() {
        return doubledOutcomes;
    }

    @Override
    public void close() {
        answers.close();
        outcomes.close();
        samples.close();
        unjoined.close();
    }
}
