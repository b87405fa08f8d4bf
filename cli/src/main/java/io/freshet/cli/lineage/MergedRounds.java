package io.freshet.cli.lineage;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.learning.lineage.Interleaving;
import io.freshet.learning.replica.ContributionCodec;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.replica.MergedPoint.Closing;
import io.freshet.learning.replica.MergedPointCodec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.rounds.RoundsAssembly;
import io.freshet.schemas.rounds.RoundsCodec;
import io.freshet.schemas.rounds.RoundsRecord;
import io.freshet.schemas.rounds.RoundsRecord.Kind;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads from the rounds topic which contributions each round of a model merged, and from these the order in which each replica
 * received the samples of its partitions.
 */
final class MergedRounds {
    private final Set<String> keys;
    private final long samples;
    private final Map<String, Origin> origins = new LinkedHashMap<>();

    /** The rounds of replicas that started from scratch together. */
    private static final class Origin {
        private final RoundsAssembly assembly = new RoundsAssembly();
        private final TreeMap<Long, Round> rounds = new TreeMap<>();
        private final Map<Integer, Order> orders = new HashMap<>();
    }

    /** Since the start of a replica; the order of a later round continues that of an earlier one. */
    private record Order(long round, Interleaving partitions) {}

    /**
     * What replicas that started from scratch together have learned.
     *
     * @param rounds that were closed
     * @param orders of the partitions of each replica
     */
    record Log(List<Round> rounds, Map<Integer, Interleaving> orders) {}

    /**
     * A closed round.
     *
     * @param closing the contributions that it merged, in order, and the specification that it announced
     * @param samples that all rounds up to it have learned
     */
    record Round(long number, Closing closing, long samples) {}

    private MergedRounds(String model, long samples) {
        this.samples = samples;
        keys = Set.of(RoundsCodec.key(model, false), RoundsCodec.key(model, true));
    }

    /**
     * Returns the rounds of each origin that has learned exactly this many samples after some round, up to that; the newest
     * origin first.
     *
     * @throws CommandException if the topic lacks the rounds of every origin
     */
    static List<Log> read(KafkaOptions kafka, String model, long samples) throws CommandException {
        String topic = kafka.topics(null).rounds();
        MergedRounds rounds = new MergedRounds(model, samples);
        try (TopicReader reader = TopicReader.open(kafka, topic)) {
            reader.readToEnd(rounds::add);
        }
        List<Log> found = new ArrayList<>();
        for (Origin origin : rounds.origins.values()) {
            List<Round> upTo = upTo(origin, samples);
            if (!upTo.isEmpty()) {
                Map<Integer, Interleaving> orders = new HashMap<>();
                origin.orders.forEach((replica, order) -> orders.put(replica, order.partitions()));
                found.add(0, new Log(upTo, orders));
            }
        }
        if (found.isEmpty()) {
            throw new CommandException("topic " + topic + ": no rounds of " + model + " up to version " + samples
                    + " (expected: all since its first; retention.ms deletes them)");
        }
        return found;
    }

    private static List<Round> upTo(Origin origin, long samples) {
        List<Round> rounds = new ArrayList<>();
        for (Round round : origin.rounds.values()) {
            if (round.number() != rounds.size() + 1) {
                return List.of();
            }
            rounds.add(round);
            if (round.samples() == samples) {
                return rounds;
            }
        }
        return List.of();
    }

    private void add(ConsumerRecord<byte[], byte[]> read) {
        if (read.key() == null || !keys.contains(new String(read.key(), StandardCharsets.UTF_8))) {
            return;
        }
        try {
            RoundsRecord record = RoundsCodec.read(read.value());
            if (record.kind() == Kind.MERGED || record.kind() == Kind.CONTRIBUTION) {
                add(record, read.offset());
            }
        } catch (MalformedRecordException | IOException e) {
            // The job has reported and skipped it.
        }
    }

    private void add(RoundsRecord record, long offset) throws IOException {
        Origin origin = origins.computeIfAbsent(record.origin(), id -> new Origin());
        byte[] message = origin.assembly.add(record, offset);
        if (message == null) {
            return;
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(message));
        if (record.kind() == Kind.MERGED) {
            MergedPoint point = MergedPointCodec.read(in);
            long learned = point.counts().samples();
            if (learned <= samples) {
                origin.rounds.putIfAbsent(point.round(), new Round(point.round(), point.closing(), learned));
            }
        } else {
            Order order = new Order(
                    record.round(), ContributionCodec.read(in).lineage().order());
            origin.orders.merge(record.replica(), order, (last, next) -> next.round() > last.round() ? next : last);
        }
    }
}
