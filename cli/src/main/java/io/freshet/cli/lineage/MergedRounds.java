package io.freshet.cli.lineage;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads from the rounds topic which contributions each round of a model merged. */
final class MergedRounds {
    private final String key;
    private final Map<String, Origin> origins = new LinkedHashMap<>();

    /** The rounds of replicas that started from scratch together. */
    private static final class Origin {
        private final RoundsAssembly assembly = new RoundsAssembly();
        private final TreeMap<Long, Round> rounds = new TreeMap<>();
    }

    /**
     * A closed round.
     *
     * @param closing the contributions that it merged, in order, and the specification that it announced
     * @param samples that all rounds up to it have learned
     */
    record Round(long number, Closing closing, long samples) {}

    private MergedRounds(String model) {
        key = RoundsCodec.key(model, false);
    }

    /**
     * Returns the rounds of each origin that has learned exactly this many samples after some round, up to that; the newest
     * origin first.
     *
     * @throws CommandException if the topic lacks the rounds of every origin
     */
    static List<List<Round>> read(KafkaOptions kafka, String model, long samples) throws CommandException {
        String topic = kafka.topics(null).rounds();
        MergedRounds rounds = new MergedRounds(model);
        try (TopicReader reader = TopicReader.open(kafka, topic)) {
            reader.readToEnd(rounds::add);
        }
        List<List<Round>> found = new ArrayList<>();
        for (Origin origin : rounds.origins.values()) {
            List<Round> upTo = upTo(origin, samples);
            if (!upTo.isEmpty()) {
                found.add(0, upTo);
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
        if (read.key() == null || !new String(read.key(), StandardCharsets.UTF_8).equals(key)) {
            return;
        }
        try {
            RoundsRecord record = RoundsCodec.read(read.value());
            if (record.kind() == Kind.MERGED) {
                add(record, read.offset());
            }
        } catch (MalformedRecordException | IOException e) {
            // The job has reported and skipped it.
        }
    }

    private void add(RoundsRecord record, long offset) throws IOException {
        Origin origin = origins.computeIfAbsent(record.origin(), id -> new Origin());
        byte[] message = origin.assembly.add(record, offset);
        if (message != null) {
            MergedPoint point = MergedPointCodec.read(new DataInputStream(new ByteArrayInputStream(message)));
            origin.rounds.putIfAbsent(
                    point.round(),
                    new Round(point.round(), point.closing(), point.counts().samples()));
        }
    }
}
