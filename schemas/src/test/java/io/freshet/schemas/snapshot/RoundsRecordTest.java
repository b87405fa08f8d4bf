package io.freshet.schemas.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.loss.Task;
import io.freshet.learning.replica.BlockChange;
import io.freshet.learning.replica.Closing;
import io.freshet.learning.replica.Contribution;
import io.freshet.learning.replica.ContributionId;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.replica.RoundsMessage;
import io.freshet.learning.replica.RoundsMessage.Ended;
import io.freshet.learning.replica.RoundsMessage.Failed;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch a message that is lost or mixed with another if its parts are sent twice, and damage that goes unnoticed. */
class RoundsRecordTest {
    private static final long SEED = 20261128;

    private final RoundsAssembly assembly = new RoundsAssembly(10_000_000, 3, 10);
    private long offset = 10;

    @Test
    void joins_parts_that_are_mixed_and_sent_twice() throws Exception {
        Contribution first = contribution(0, 5, 3, 1);
        Contribution second = contribution(1, 5, 2, 2);
        List<KeyedBytes> a = write(first);
        List<KeyedBytes> b = write(second);
        assertThat(a).hasSize(3);
        assertThat(b).hasSize(2);
        assertThat(add(a.get(0))).isNull();
        assertThat(add(b.get(0))).isNull();
        assertThat(add(a.get(1))).isNull();
        assertThat(assembly.position()).isEqualTo(10);
        // The replica failed, and sends its contribution again.
        assertThat(add(a.get(0))).isNull();
        assertThat(bytes(Objects.requireNonNull(add(b.get(1))))).isEqualTo(bytes(second));
        assertThat(add(a.get(1))).isNull();
        assertThat(bytes(Objects.requireNonNull(add(a.get(2))))).isEqualTo(bytes(first));
        assertThat(assembly.position()).isEqualTo(offset);
    }

    /** The version of a point is one byte, so some numbers have bytes in two parts. */
    @Test
    void numbers_may_be_in_two_parts() throws Exception {
        MergedPoint sent = new MergedPoint(
                new Closing(7, List.of(), null),
                new TreeMap<>(Map.of(0, numbers(3, 1))),
                new MergedPoint.Totals(new MergedPoint.Counts(1, 2, 3), new double[] {1}, new double[0]));
        List<KeyedBytes> parts = write(sent);
        assertThat(parts).hasSize(3);
        assertThat(add(parts.get(0))).isNull();
        assertThat(add(parts.get(1))).isNull();
        MergedPoint read = (MergedPoint) Objects.requireNonNull(add(parts.get(2)));
        assertThat(read.blocks().get(0)).isEqualTo(sent.blocks().get(0));
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        sent.write(new DataOutputStream(plain));
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (KeyedBytes part : parts) {
            ByteBuffer bytes = read(part).bytes();
            joined.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        }
        assertThat(joined.toByteArray()).isEqualTo(plain.toByteArray());
    }

    @Test
    void rejects_a_message_that_ends_within_its_numbers() {
        RoundsRecord whole = read(write(contribution(0, 5, 1, 1)).get(0));
        ByteBuffer cut = whole.bytes().slice(0, whole.bytes().remaining() - 2);
        RoundsRecord record = new RoundsRecord(whole.type(), "job", 0, 5, 0, 0, 1, cut);
        assertThatThrownBy(() -> assembly.add(record, 1))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageStartingWith("rounds record: ");
    }

    /** The sender was killed between the parts of a message. */
    @Test
    void parts_of_another_message_about_the_same_round_are_not_mixed() throws Exception {
        List<KeyedBytes> killed = write(contribution(0, 5, 3, 1));
        Contribution decided = contribution(0, 5, 3, 2);
        List<KeyedBytes> other = write(decided);
        assertThat(add(killed.get(0))).isNull();
        assertThat(add(killed.get(1))).isNull();
        assertThat(add(other.get(0))).isNull();
        // A task manager that is lost may still send for a moment.
        assertThat(add(killed.get(2))).isNull();
        assertThat(add(other.get(1))).isNull();
        assertThat(bytes(Objects.requireNonNull(add(other.get(2))))).isEqualTo(bytes(decided));
    }

    @Test
    void a_message_that_has_lost_a_part_is_skipped() throws Exception {
        List<KeyedBytes> lost = write(contribution(0, 5, 3, 1));
        assertThat(add(lost.get(1))).isNull();
        assertThat(add(lost.get(2))).isNull();
        assertThat(add(lost.get(0))).isNull();
        assertThat(add(lost.get(2))).isNull();
        assertThat(assembly.position()).isEqualTo(12);
        // Whoever sends a later round has sent this one.
        add(write(contribution(0, 6, 1, 1)).get(0));
        assertThat(assembly.position()).isEqualTo(offset);
    }

    @Test
    void keeps_no_more_incomplete_messages_than_allowed() throws Exception {
        for (int round = 1; round <= 5; round++) {
            add(write(contribution(0, round, 2, round)).get(0));
        }
        assertThat(assembly.position()).isEqualTo(12);
        assertThat(add(write(contribution(0, 2, 2, 2)).get(1))).as("forgotten").isNull();
        assertThat(add(write(contribution(0, 5, 2, 5)).get(1))).isNotNull();
    }

    @Test
    void rejects_more_parts_than_the_largest_message_has() {
        for (int parts : new int[] {21, Integer.MAX_VALUE}) {
            RoundsRecord record = new RoundsRecord((byte) 1, "job", 0, 1, 0, 0, parts, ByteBuffer.allocate(1));
            assertThatThrownBy(() -> assembly.add(RoundsRecord.read(record.value()), 1))
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessage(
                            "rounds record: " + parts + " parts (expected: at most 20 of a message about this model)");
        }
    }

    @Test
    void rejects_parts_that_do_not_match_the_id_of_their_message() {
        RoundsRecord record = new RoundsRecord((byte) 2, "job", 0, 0, 4711, 0, 1, ByteBuffer.allocate(0));
        assertThatThrownBy(() -> assembly.add(RoundsRecord.read(record.value()), 1))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("rounds record: parts of different messages (expected: those of one)");
    }

    static List<RoundsMessage> messages() {
        return List.of(
                contribution(2, 6, 1, 1),
                new Ended(3),
                new MergedPoint(
                        new Closing(7, List.of(new ContributionId(1, 6, 100)), "name: m"),
                        new TreeMap<>(Map.of(2, new float[] {1, 2})),
                        new MergedPoint.Totals(new MergedPoint.Counts(1, 2, 3), new double[] {1}, new double[0])),
                new Failed("run", "of two\nlines"));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void every_message_reads_what_it_writes(RoundsMessage message) throws Exception {
        KeyedBytes record = write(message).get(0);
        RoundsMessage read = Objects.requireNonNull(add(record));
        assertThat(read.header()).isEqualTo(message.header());
        assertThat(bytes(read)).isEqualTo(bytes(message));
        assertThat(new String(record.key(), StandardCharsets.UTF_8))
                .isEqualTo("m/" + message.header().to());
    }

    @Test
    void messages_to_the_reducer_and_to_the_replicas_have_different_keys() {
        assertThat(messages().stream().map(each -> each.header().to()))
                .containsExactly("contributions", "contributions", "merged", "merged");
    }

    @Test
    void rejects_a_message_of_another_sender_than_it_says() {
        RoundsRecord record = read(write(messages().get(2)).get(0));
        RoundsRecord other =
                new RoundsRecord(record.type(), "job", 5, record.round(), record.id(), 0, 1, record.bytes());
        assertThatThrownBy(() -> assembly.add(other, 1))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("rounds record: message: of 5 in round 7 (expected: of 0 in round 7, as it says itself)");
    }

    /** From the first tag on, the bytes never change. */
    @Test
    void reads_stored_bytes_and_writes_them_again() throws Exception {
        RoundsRecord stored = RoundsRecord.read(
                HexFormat.of()
                        .parseHex(
                                "0102000937663135632d302d31000000030000000000000000000000000000000000000000000000010000000062d82410"));
        assertThat(stored.type()).isEqualTo((byte) 2);
        assertThat(stored.origin()).isEqualTo("7f15c-0-1");
        assertThat(stored.message(List.of(stored.bytes()))).isEqualTo(new Ended(3));
        assertThat(stored.id()).isEqualTo(RoundsRecord.id(List.of(stored.bytes())));
        assertThat(RoundsRecord.write("m", stored.origin(), new Ended(3)).get(0).value())
                .isEqualTo(stored.value());
    }

    @Test
    void rejects_damaged_and_foreign_values() {
        byte[] value = Objects.requireNonNull(write(new Ended(1)).get(0).value());
        for (int i = 1; i < value.length; i++) {
            byte[] damaged = value.clone();
            damaged[i] ^= 1;
            assertThatThrownBy(() -> RoundsRecord.read(damaged))
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessage("rounds record: damaged (expected: bytes that match the checksum)");
        }
        assertThatThrownBy(() -> RoundsRecord.read("foreign".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("rounds record: version 102 (expected: 1)");
        assertThatThrownBy(() -> RoundsRecord.read((ByteBuffer) null))
                .hasMessage("rounds record: no value (expected: a message)");
    }

    /** Returns a contribution that needs a number of parts. */
    private static Contribution contribution(int replica, long round, int parts, long seed) {
        Tally none = Tally.of(Task.REGRESSION, 1);
        return new Contribution(
                new ContributionId(replica, round, 100),
                new Contribution.Counts(100, 100, 100, 0),
                List.of(new BlockChange(0, null, numbers(parts, seed), new int[0], new float[0])),
                new double[0],
                new Contribution.Validation(none, new UpdateTally(), none),
                new Lineage());
    }

    /** Returns numbers that need a number of parts, with a few bytes beside them. */
    private static float[] numbers(int parts, long seed) {
        float[] values = new float[(parts * RoundsRecord.LARGEST_PART - 2_000) / Float.BYTES];
        SplittableRandom random = new SplittableRandom(SEED + seed);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(1000);
        }
        return values;
    }

    private static List<KeyedBytes> write(RoundsMessage message) {
        return RoundsRecord.write("m", "7f15c-0-1", message);
    }

    private @Nullable RoundsMessage add(KeyedBytes record) throws MalformedRecordException {
        RoundsMessage message = assembly.add(read(record), offset);
        assembly.received(offset++);
        return message;
    }

    private static RoundsRecord read(KeyedBytes record) {
        try {
            return RoundsRecord.read(record.value());
        } catch (MalformedRecordException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> bytes(RoundsMessage message) {
        return write(message).stream()
                .map(each -> HexFormat.of().formatHex(Objects.requireNonNull(each.value())))
                .toList();
    }
}
