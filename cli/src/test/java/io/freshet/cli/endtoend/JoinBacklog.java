package io.freshet.cli.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicPlan;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.kafka.UnjoinedHeaders;
import io.freshet.schemas.sample.SampleReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Requests and outcomes of some hours in the past, each partition in the order of event times, and the samples that a join writes
 * which reads all of them in that order.
 *
 * @param requests number of requests; seven of ten have an outcome within attribution
 * @param partitions of each topic with records
 * @param withEmpty whether as many again are empty for good, one of them with an aborted transaction
 * @param span from the first to the last request
 * @param slow whether one partition of requests has records that are twenty times as large
 * @param start event time of the first request, milliseconds since 1970, UTC
 */
record JoinBacklog(int requests, int partitions, boolean withEmpty, Duration span, boolean slow, long start) {
    static final String SPEC = """
        {name: ctr, label: y, features: {numeric: [age], categorical: [origin]}, loss: binary-cross-entropy,
         join: {within: 20m, after: %s, grace: 20m, missing: negative}}
        """;
    private static final long WITHIN = Duration.ofMinutes(20).toMillis();
    /** After the last request, when all are closed. */
    private static final long TAIL = Duration.ofHours(2).toMillis();

    private static final int OUTCOMES_OF_TEN = 7;
    private static final int SLOW_FIELD = 6_500;

    private record Timed(long time, String topic, int partition, String value) {}

    /** Creates a backlog that ends just before {@code now}. */
    static JoinBacklog endingAt(
            long now, int requests, int partitions, boolean withEmpty, Duration span, boolean slow) {
        return new JoinBacklog(requests, partitions, withEmpty, span, slow, now - span.toMillis() - 2 * TAIL);
    }

    /** Returns the event time of a request. */
    long time(int request) {
        return start + span.toMillis() * request / requests;
    }

    private boolean hasOutcome(int request) {
        return request % 10 < OUTCOMES_OF_TEN;
    }

    /** Returns milliseconds after the request, from 0 to {@link #WITHIN}. */
    private long delay(int request) {
        return new Random(request).nextLong(WITHIN);
    }

    void create(Topics topics, TestBroker broker) throws Exception {
        broker.create(topics, 3);
        int all = withEmpty ? 2 * partitions : partitions;
        broker.create(TopicPlan.loop(topics, all), Map.of());
    }

    /** Sends all records. Returns their number. */
    int send(Topics topics, TestBroker broker) throws Exception {
        return send(topics, broker, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /** Sends the records with event times from {@code from} until before {@code to}. Returns their number. */
    int send(Topics topics, TestBroker broker, long from, long to) throws Exception {
        return send(
                records(topics).stream()
                        .filter(record -> record.time >= from && record.time < to)
                        .toList(),
                topics,
                broker);
    }

    /** Sends all requests. */
    void sendRequests(Topics topics, TestBroker broker) throws Exception {
        send(
                records(topics).stream()
                        .filter(record -> record.topic.equals(topics.answers()))
                        .toList(),
                topics,
                broker);
    }

    private int send(List<Timed> records, Topics topics, TestBroker broker) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = KafkaOptions.of(broker.bootstrapServers())
                .producer(Map.of("linger.ms", 50, "batch.size", 65_536, "compression.type", "lz4"))) {
            records.forEach(record -> send(record, producer));
        }
        if (withEmpty) {
            abort(topics.outcomes(), broker);
        }
        return records.size();
    }

    /** Returns all records in the order of event times. */
    private List<Timed> records(Topics topics) {
        List<Timed> records = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            long time = time(i);
            records.add(new Timed(time, topics.answers(), i % partitions, answer("r" + i, time, i)));
            if (hasOutcome(i)) {
                time += delay(i);
                records.add(new Timed(time, topics.outcomes(), i * 31 % partitions, outcome("r" + i, time)));
            }
        }
        long end = start + span.toMillis() + TAIL;
        for (int i = 0; i < partitions; i++) {
            records.add(new Timed(end, topics.answers(), i, answer("end" + i, end, i)));
            records.add(new Timed(end, topics.outcomes(), i, outcome("none" + i, end)));
        }
        records.sort(Comparator.comparingLong(Timed::time));
        return records;
    }

    /** Sends all outcomes in a transaction, and leaves it open. */
    KafkaProducer<byte[], byte[]> beginOutcomes(Topics topics, TestBroker broker) throws Exception {
        KafkaProducer<byte[], byte[]> producer =
                KafkaOptions.of(broker.bootstrapServers()).producer(Map.of("transactional.id", topics.outcomes()));
        producer.initTransactions();
        producer.beginTransaction();
        records(topics).stream()
                .filter(record -> record.topic.equals(topics.outcomes()))
                .forEach(record -> send(record, producer));
        producer.flush();
        return producer;
    }

    /** Leaves a partition with records that no reader of committed records receives. */
    private void abort(String topic, TestBroker broker) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                KafkaOptions.of(broker.bootstrapServers()).producer(Map.of("transactional.id", topic + "-aborted"))) {
            producer.initTransactions();
            producer.beginTransaction();
            send(new Timed(start, topic, partitions, outcome("aborted", start)), producer);
            producer.flush();
            producer.abortTransaction();
        }
    }

    private static void send(Timed record, KafkaProducer<byte[], byte[]> producer) {
        producer.send(new ProducerRecord<>(record.topic, record.partition, null, record.value.getBytes(UTF_8)));
    }

    private String answer(String id, long time, int i) {
        String more = slow && i % partitions == 0 ? ",\"pad\":\"" + pad(i) + "\"" : "";
        return "{\"id\":\"" + id + "\",\"row\":0,\"time\":" + time + ",\"event_time\":" + time
                + ",\"model\":\"ctr\",\"key\":null,\"version\":7,\"lane\":\"eager\",\"version_label\":null,\"share\":null,"
                + "\"age_millis\":120,\"shadow\":false,\"outputs\":{\"prediction\":0.25},\"fields\":{\"age\":" + i % 90
                + ",\"origin\":\"SEA\"" + more + "}}";
    }

    /** Returns text that does not compress well. */
    private static String pad(int seed) {
        StringBuilder text = new StringBuilder(SLOW_FIELD);
        new Random(seed).ints(SLOW_FIELD, 'a', 'z' + 1).forEach(c -> text.append((char) c));
        return text.toString();
    }

    private static String outcome(String id, long time) {
        return "{\"model\":\"ctr\",\"id\":\"" + id + "\",\"value\":1,\"time\":" + time + "}";
    }

    /** Returns the samples of a request in order, each as a digit that is not 0. */
    private int expected(int request, long after) {
        boolean early = hasOutcome(request) && delay(request) <= after;
        int label = hasOutcome(request) ? 1 : 0;
        if (after == WITHIN) {
            return digit("COMPLETE", label);
        }
        int open = digit("OPEN", early ? 1 : 0);
        int changed = early == hasOutcome(request) ? open : open * 10 + digit("CHANGED", 1);
        return changed * 10 + digit("CLOSED", label);
    }

    private static int digit(String stage, double label) {
        return 1 + 2 * List.of("COMPLETE", "OPEN", "CHANGED", "CLOSED").indexOf(stage) + (int) label;
    }

    /**
     * What a join wrote, compared with what it should have.
     *
     * @param lost requests without a sample
     * @param wrong requests with other samples than expected
     * @param late records on the unjoined topic, by reason
     */
    record Result(int requests, int samples, int right, int lost, int wrong, Map<String, Integer> late) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%,d requests: %,d samples; labels right: %,d, lost: %,d, wrong: %,d; unjoined: %s",
                    requests,
                    samples,
                    right,
                    lost,
                    wrong,
                    late);
        }
    }

    /** @param after of the specification; null if it is {@code within} */
    Result compare(Topics topics, TestBroker broker, @Nullable Duration after) throws Exception {
        return compare(topics, broker, after, 0);
    }

    /** Compares the requests from {@code first} on. */
    Result compare(Topics topics, TestBroker broker, @Nullable Duration after, int first) throws Exception {
        int[] found = new int[requests];
        int[] samples = {0};
        SampleReader reader = new SampleReader();
        try (TopicReader topic = broker.follow(topics.samples())) {
            topic.readToEnd(record -> {
                try {
                    SampleReader.Fields fields = reader.read(record.value());
                    String id = String.valueOf(fields.header().id());
                    if (id.startsWith("r")) {
                        int request = Integer.parseInt(id.substring(1));
                        String stage = fields.header().stage().name();
                        found[request] = found[request] * 10
                                + digit(stage, fields.numbers().get("y"));
                        samples[0]++;
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        Map<String, Integer> late = new TreeMap<>();
        try (TopicReader topic = broker.follow(topics.unjoined())) {
            topic.readToEnd(record -> late.merge(
                    new String(
                            record.headers().lastHeader(UnjoinedHeaders.REASON).value(), UTF_8),
                    1,
                    Integer::sum));
        }
        int right = 0;
        int lost = 0;
        for (int i = first; i < requests; i++) {
            right += found[i] == expected(i, after == null ? WITHIN : after.toMillis()) ? 1 : 0;
            lost += found[i] == 0 ? 1 : 0;
        }
        return new Result(requests - first, samples[0], right, lost, requests - first - right - lost, late);
    }
}
