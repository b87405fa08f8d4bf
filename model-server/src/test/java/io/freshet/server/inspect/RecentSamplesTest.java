package io.freshet.server.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.predict.SeenNames;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.schemas.snapshot.HistoryCodec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.TopicFormat;
import io.freshet.server.store.ServedSpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

/** Would catch a topic that is read once for each reader, memory without a bound, and records that stop the others. */
class RecentSamplesTest {
    private static final Topics TOPICS = Topics.of("freshet");
    private static final ServedSpec CITIES =
            served("{name: m, label: y, features: {categorical: [city], hashBits: 4}, loss: mean-squared-error}");
    private static final ServedSpec SHOPS = served(
            "{name: m, key: shop, label: y, features: {categorical: [city], hashBits: 4}, loss: mean-squared-error}");

    private final FakeTopics topics = new FakeTopics();
    private final AtomicLong now = new AtomicLong(1_000);
    private final InstantSource clock = () -> Instant.ofEpochMilli(now.get());
    private final RecentSamples samples = new RecentSamples(topics::open, clock);

    @Test
    void the_newest_record_comes_first() {
        add(1, Map.of("city", "Rome"));
        add(3, Map.of("city", "Oslo"));
        add(2, Map.of("city", "Lima"));

        assertThat(cities(samples.of(TOPICS), CITIES)).containsExactly("Oslo", "Lima", "Rome");
    }

    @Test
    void what_was_read_is_returned_again_for_ten_seconds() {
        add(1, Map.of("city", "Rome"));
        SampleRecords first = samples.of(TOPICS);

        now.addAndGet(9_999);
        assertThat(samples.of(TOPICS)).isSameAs(first);
        assertThat(topics.opened()).isEqualTo(1);

        now.addAndGet(1);
        add(2, Map.of("city", "Oslo"));
        assertThat(samples.of(TOPICS).records()).hasSize(2);
    }

    @Test
    void the_oldest_records_are_dropped_beyond_the_limit_of_bytes() {
        String large = "x".repeat(RecentSamples.BYTES / 3);
        for (int i = 0; i < 4; i++) {
            add(i, Map.of("city", i + large));
        }
        topics.add(TOPICS.samples(), new byte[0], new byte[RecentSamples.BYTES + 1], 9);

        SampleRecords records = samples.of(TOPICS);

        assertThat(cities(records, CITIES)).extracting(city -> city.charAt(0)).containsExactly('3', '2');
    }

    @Test
    void records_that_cannot_be_decoded_or_are_for_another_model_are_skipped() {
        add(1, Map.of("city", "Rome"));
        topics.add(TOPICS.samples(), new byte[0], "no sample".getBytes(UTF_8), 2);
        topics.add(
                TOPICS.samples(),
                new byte[0],
                new SampleWriter().write("", "other", 0, Map.of(), Map.of("city", "Oslo")),
                3);
        recordFormat(TopicFormat.avro(TOPICS.samples()));

        assertThat(cities(samples.of(TOPICS), CITIES)).containsExactly("Rome");
    }

    @Test
    void records_that_the_specification_does_not_select_are_skipped() {
        ServedSpec flights = served("{name: m, label: y, when: {field: type, equals: flight},"
                + " features: {categorical: [city], hashBits: 4}, loss: mean-squared-error}");
        add(1, Map.of("type", "flight", "city", "Rome"));
        add(2, Map.of("type", "train", "city", "Oslo"));
        add(3, Map.of("city", "Lima"));

        assertThat(cities(samples.of(TOPICS), flights)).containsExactly("Rome");
    }

    @Test
    void the_format_is_the_one_that_a_job_recorded_last() {
        topics.add(TOPICS.samples(), new byte[0], "{\"for\": \"m\", \"city\": \"Rome\"}".getBytes(UTF_8), 1);
        topics.add(TOPICS.samples(), new byte[0], "{\"for\": \"other\", \"city\": \"Oslo\"}".getBytes(UTF_8), 2);
        recordFormat(TopicFormat.avro(TOPICS.samples()));
        recordFormat(new TopicFormat(TOPICS.samples(), "json", null, new RecordFields(null, null, "for"), List.of()));
        recordFormat(TopicFormat.avro("another.topic"));

        assertThat(cities(samples.of(TOPICS), CITIES)).containsExactly("Rome");
    }

    /** Would catch a search that takes an old format because it did not get to the newest. */
    @Test
    void the_newest_format_is_found_before_many_other_records_of_the_history() {
        add(1, Map.of("city", "Rome"));
        recordFormat(new TopicFormat(TOPICS.samples(), "json", null, RecordFields.NONE, List.of()));
        recordFormat(TopicFormat.avro(TOPICS.samples()));
        history(RecordedFormats.RECORDS - 1);

        assertThat(cities(samples.of(TOPICS), CITIES)).containsExactly("Rome");
    }

    /** Would guess a format although a job recorded another one. */
    @Test
    void a_format_that_may_be_further_back_is_unknown_until_the_next_search() {
        topics.add(TOPICS.samples(), new byte[0], "{\"city\": \"Rome\"}".getBytes(UTF_8), 1);
        TopicFormat json = new TopicFormat(TOPICS.samples(), "json", null, RecordFields.NONE, List.of());
        recordFormat(json);
        history(RecordedFormats.RECORDS);

        assertThat(samples.of(TOPICS).format()).isNull();

        recordFormat(json);
        now.addAndGet(60_000);
        assertThat(cities(samples.of(TOPICS), CITIES)).containsExactly("Rome");
        history(RecordedFormats.RECORDS);
        now.addAndGet(600_000);
        assertThat(cities(samples.of(TOPICS), CITIES)).containsExactly("Rome");
    }

    /** Would catch a demo that shows no names of hashed features after an hour. */
    @Test
    void a_record_in_freshets_own_format_names_its_schema_however_far_back_the_format_was_recorded() {
        add(1, Map.of("city", "Rome"));
        recordFormat(TopicFormat.avro(TOPICS.samples()));
        history(RecordedFormats.RECORDS);

        assertThat(cities(samples.of(TOPICS), CITIES)).containsExactly("Rome");
    }

    @Test
    void a_record_that_names_the_model_is_for_it_whatever_the_condition() {
        ServedSpec flights = served("{name: m, label: y, when: {field: type, equals: flight},"
                + " features: {categorical: [city], hashBits: 4}, loss: mean-squared-error}");
        topics.add(
                TOPICS.samples(),
                new byte[0],
                new SampleWriter().write("", "m", 0, Map.of("y", 1.0), Map.of("type", "train", "city", "Oslo")),
                1);

        assertThat(cities(samples.of(TOPICS), flights)).containsExactly("Oslo");
    }

    @Test
    void without_a_recorded_format_it_is_what_the_records_look_like() {
        topics.add(TOPICS.samples(), new byte[0], " {\"city\": \"Rome\"}".getBytes(UTF_8), 1);

        assertThat(cities(samples.of(TOPICS), CITIES)).containsExactly("Rome");
    }

    @Test
    void records_that_need_a_schema_registry_are_not_decoded() {
        add(1, Map.of("city", "Rome"));
        recordFormat(
                new TopicFormat(TOPICS.samples(), "confluent", "http://127.0.0.1:1", RecordFields.NONE, List.of()));

        assertThat(cities(samples.of(TOPICS), CITIES)).isEmpty();
    }

    @Test
    void without_the_topic_or_a_broker_there_are_no_records() {
        assertThat(samples.of(TOPICS)).isEqualTo(SampleRecords.NONE);
        AtomicLong attempts = new AtomicLong();
        RecentSamples refused = new RecentSamples(
                () -> {
                    attempts.incrementAndGet();
                    throw new KafkaException("not authorized");
                },
                clock);
        assertThat(refused.of(TOPICS)).isEqualTo(SampleRecords.NONE);
        now.addAndGet(59_999);
        refused.of(TOPICS);
        assertThat(attempts).hasValue(1);
        now.addAndGet(1);
        refused.of(TOPICS);
        assertThat(attempts).hasValue(2);
    }

    @Test
    void hashed_features_have_the_names_in_the_records_of_their_key() {
        add(1, Map.of("shop", "a", "city", "Rome"));
        add(2, Map.of("shop", "b", "city", "Oslo"));
        add(3, Map.of("city", "Lima"));
        BitSet all = new BitSet();
        all.set(0, 16);

        assertThat(names(samples.of(TOPICS).names(SHOPS, "a", all))).containsExactly("city=Rome");
        assertThat(names(samples.of(TOPICS).names(CITIES, "", all)))
                .containsExactlyInAnyOrder("city=Rome", "city=Oslo", "city=Lima");
    }

    private void add(long timestamp, Map<String, String> texts) {
        topics.add(
                TOPICS.samples(), new byte[0], new SampleWriter().write("", "", 0, Map.of("y", 1.0), texts), timestamp);
    }

    private void history(int records) {
        for (int i = 0; i < records; i++) {
            topics.add(TOPICS.history(), new byte[0], new byte[0], 1);
        }
    }

    private void recordFormat(TopicFormat format) {
        KeyedBytes record = new HistoryCodec(new SnapshotCodec()).write(format, 1);
        topics.add(TOPICS.history(), record.key(), record.value(), 1);
    }

    private static List<String> cities(SampleRecords records, ServedSpec served) {
        List<String> cities = new ArrayList<>();
        records.read(served, row -> {
            cities.add(row.text(served.layout().text("city")));
            return false;
        });
        return cities;
    }

    private static List<String> names(SeenNames seen) {
        List<String> names = new ArrayList<>();
        for (int bucket = 0; bucket < 16; bucket++) {
            seen.of(bucket).forEach(each -> names.add(each.name()));
        }
        return names;
    }

    static ServedSpec served(String yaml) {
        ModelSpec spec = ModelSpec.parse(yaml);
        return ServedSpec.of(spec, spec.hash());
    }
}
