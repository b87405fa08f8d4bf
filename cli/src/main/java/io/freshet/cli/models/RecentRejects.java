package io.freshet.cli.models;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.HeaderText;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.schemas.facts.Rejections;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import io.freshet.schemas.kafka.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Counts the newest dead letters, by the time of their rejection, however old their records are: a job that catches up rejects
 * samples of long ago. If more arrived in ten seconds than are read, the counts are extrapolated.
 */
final class RecentRejects {
    static final int NEWEST = 10_000;
    /** Times within a batch of the trainer say little. */
    private static final long SHORTEST_MILLIS = 100;
    /** Longer than it matters how long rejections have lasted. */
    private static final long LASTING_MILLIS = 90_000;

    private final long now;
    private final Map<Integer, Letters> partitions = new HashMap<>();

    /** The letters of a partition. */
    private static final class Letters {
        private final Map<String, Model> models = new HashMap<>();
        private boolean skipped;
        private long oldest = Long.MAX_VALUE;
        private long newest = Long.MIN_VALUE;
    }

    /**
     * @param count within the last ten seconds
     * @param seconds recent ones with a letter, milliseconds since 1970, UTC
     */
    private record Model(long count, String reason, long at, NavigableSet<Long> seconds) {
        Model merge(Model next) {
            seconds.addAll(next.seconds);
            return new Model(count + next.count, next.at >= at ? next.reason : reason, Math.max(at, next.at), seconds);
        }
    }

    /** @param now milliseconds since 1970, UTC */
    RecentRejects(long now) {
        this.now = now;
    }

    /**
     * Reads the dead letters.
     *
     * @param topics with those of the dead letters
     * @param now milliseconds since 1970, UTC
     * @throws CommandException if their topic does not exist, or may not be read
     */
    static RecentRejects read(KafkaOptions kafka, Topics topics, long now) throws CommandException {
        RecentRejects recent = new RecentRejects(now);
        try (TopicReader reader = TopicReader.open(kafka, topics.deadLetters())) {
            // Not by time: the topic's index has the timestamps of the rejected records.
            reader.skipToLast(NEWEST).forEach(partition -> recent.skip(partition.partition()));
            reader.readToEnd(recent::add);
        }
        return recent;
    }

    /** Notes that a partition has earlier letters, which are not read. */
    void skip(int partition) {
        letters(partition).skipped = true;
    }

    /** Adds a letter, unless the trainer has not seen its record. */
    void add(ConsumerRecord<byte[], byte[]> letter) {
        Letters letters = letters(letter.partition());
        long at = Math.min(now, rejectedAt(letter));
        letters.oldest = Math.min(letters.oldest, at);
        letters.newest = Math.max(letters.newest, at);
        if (!DeadLetterHeaders.isOfTrainer(name -> HeaderText.of(letter.headers(), name))) {
            return;
        }
        int recent = at > now - Rejections.WINDOW_MILLIS ? 1 : 0;
        String reason = HeaderText.of(letter.headers(), DeadLetterHeaders.MESSAGE);
        NavigableSet<Long> seconds = new TreeSet<>();
        if (at > now - LASTING_MILLIS) {
            seconds.add(at - Math.floorMod(at, 1_000));
        }
        letters.models.merge(
                HeaderText.of(letter.headers(), DeadLetterHeaders.MODEL),
                new Model(recent, reason, at, seconds),
                Model::merge);
    }

    private Letters letters(int partition) {
        return partitions.computeIfAbsent(partition, number -> new Letters());
    }

    private static long rejectedAt(ConsumerRecord<byte[], byte[]> letter) {
        String time = HeaderText.of(letter.headers(), DeadLetterHeaders.REJECTED_AT);
        return time.matches("\\d{1,18}") ? Long.parseLong(time) : letter.timestamp();
    }

    /** Replaces what is known about rejections. */
    void replace(Rejections rejections) {
        rejections.clear();
        rejections.known(true);
        for (Letters letters : partitions.values()) {
            double share = share(letters);
            letters.models.forEach((model, counted) -> {
                // Tells how long the rejections have lasted.
                counted.seconds.forEach(second -> rejections.add(model, 0, counted.reason, second));
                rejections.add(model, counted.count * share, counted.reason, counted.at);
            });
        }
    }

    /** Returns by how much the letters of the last ten seconds outnumber those that were read. */
    private double share(Letters letters) {
        long span = Math.max(SHORTEST_MILLIS, letters.newest - letters.oldest);
        boolean all = !letters.skipped || letters.oldest <= now - Rejections.WINDOW_MILLIS;
        return all ? 1 : Math.max(1, (double) Rejections.WINDOW_MILLIS / span);
    }
}
