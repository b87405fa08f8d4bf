package io.freshet.cli.history;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.learning.features.Interleaving;
import io.freshet.learning.replica.Closing;
import io.freshet.learning.replica.Contribution;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.replica.RoundsMessage;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.RoundsAssembly;
import io.freshet.schemas.snapshot.RoundsRecord;
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
    /** A job restarts fewer times while a message is being sent. */
    private static final int INCOMPLETE = 1000;

    private final Set<String> keys;
    private final long largest;
    private final long samples;
    private final Map<String, Origin> origins = new LinkedHashMap<>();

    /** The rounds of replicas that started from scratch together. */
    private static final class Origin implements RoundsMessage.Reader {
        private final RoundsAssembly assembly;
        private final TreeMap<Long, Round> rounds = new TreeMap<>();
        private final Map<Integer, Order> orders = new HashMap<>();

        private final long samples;

        /** @param samples that the last round of interest has learned */
        Origin(long largest, long samples) {
            this.samples = samples;
            assembly = new RoundsAssembly(largest, INCOMPLETE, 0);
        }

        @Override
        public void merged(MergedPoint point) {
            long learned = point.totals().counts().samples();
            if (learned <= samples) {
                rounds.putIfAbsent(point.round(), new Round(point.closing(), learned));
            }
        }

        @Override
        public void contributed(Contribution contribution) {
            Order order = new Order(
                    contribution.member().round(), contribution.lineage().order());
            orders.merge(
                    contribution.member().replica(), order, (last, next) -> next.round() > last.round() ? next : last);
        }
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
    record Round(Closing closing, long samples) {}

    private MergedRounds(ModelSpec spec, long samples) {
        this.samples = samples;
        keys = Set.of(
                RoundsRecord.key(spec.name(), RoundsMessage.TO_ALL),
                RoundsRecord.key(spec.name(), RoundsMessage.TO_REDUCER));
        largest = RoundsMessage.largest(spec);
    }

    /**
     * Returns the rounds of each origin that has learned exactly this many samples after some round, up to that; the newest
     * origin first.
     *
     * @throws CommandException if the topic lacks the rounds of every origin
     */
    static List<Log> read(KafkaOptions kafka, ModelSpec spec, long samples) throws CommandException {
        String topic = kafka.topics(null).rounds();
        MergedRounds rounds = new MergedRounds(spec, samples);
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
            throw new CommandException("topic " + topic + ": no rounds of " + spec.name() + " up to version " + samples
                    + " (expected: all since its first; retention.ms deletes them)");
        }
        return found;
    }

    private static List<Round> upTo(Origin origin, long samples) {
        List<Round> rounds = new ArrayList<>();
        for (Round round : origin.rounds.values()) {
            if (round.closing().round() != rounds.size() + 1) {
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
            RoundsRecord record = RoundsRecord.read(read.value());
            Origin origin = origins.computeIfAbsent(record.origin(), id -> new Origin(largest, samples));
            RoundsMessage message = origin.assembly.add(record, read.offset());
            if (message != null) {
                message.readBy(origin);
            }
        } catch (MalformedRecordException e) {
            // The job has reported and skipped it.
        }
    }
}
