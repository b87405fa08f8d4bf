package io.freshet.cli.deadletters;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.schemas.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One pass over the dead letters that are there now.
 *
 * <p>Records are sent again, and the letters remembered as dealt with, in one transaction: however it ends, no letter is
 * sent twice, unless the pass starts from the beginning. A second pass ends the first.
 *
 * @param topics where letters are, and where records go
 * @param selected which letters to send
 * @param limit the most letters to send
 * @param maximumAttempts how often a record may be sent again in all
 * @param fromBeginning whether to forget what is dealt with
 * @param dryRun whether to send nothing and to remember nothing
 */
record Redrive(
        Topics topics,
        Predicate<DeadLetter> selected,
        long limit,
        int maximumAttempts,
        boolean fromBeginning,
        boolean dryRun) {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int LETTERS_TO_A_TRANSACTION = 500;
    private static final Map<String, Object> PRODUCER = Map.of(
            "linger.ms",
            "5",
            "compression.type",
            "lz4",
            // What the topic took once it is to take again; whether it does is for the topic to say.
            "max.request.size",
            Integer.toString(64 << 20),
            "buffer.memory",
            Integer.toString(128 << 20));

    /** What became of letters. */
    static final class Counts {
        long sent;
        long notSelected;
        long noRecords;
        long gone;
        long tooOften;
        boolean full;
    }

    /** @param shown receives each letter that is sent, or would be */
    Counts run(KafkaOptions kafka, Consumer<DeadLetter> shown) throws CommandException {
        Map<String, Object> settings = new HashMap<>(PRODUCER);
        settings.put("transactional.id", group());
        try (KafkaConsumer<byte[], byte[]> letters = kafka.consumer(group());
                OriginalRecords originals = new OriginalRecords(kafka);
                KafkaProducer<byte[], byte[]> producer = kafka.producer(settings)) {
            if (!dryRun) {
                producer.initTransactions();
            }
            return new Pass(letters, originals, producer, shown).run();
        } catch (KafkaException e) {
            throw new CommandException("topic " + topics.samples() + ": not written: " + e.getMessage(), e);
        }
    }

    private String group() {
        return topics.prefix() + "-redrive";
    }

    private final class Pass {
        private final KafkaConsumer<byte[], byte[]> letters;
        private final OriginalRecords originals;
        private final KafkaProducer<byte[], byte[]> producer;
        private final Consumer<DeadLetter> shown;
        private final int partitions;
        private final Counts counts = new Counts();
        private int inTransaction;

        Pass(
                KafkaConsumer<byte[], byte[]> letters,
                OriginalRecords originals,
                KafkaProducer<byte[], byte[]> producer,
                Consumer<DeadLetter> shown) {
            this.letters = letters;
            this.originals = originals;
            this.producer = producer;
            this.shown = shown;
            partitions = letters.partitionsFor(topics.samples()).size();
        }

        Counts run() {
            List<TopicPartition> all = letters.partitionsFor(topics.deadLetters()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            for (TopicPartition partition : all) {
                run(partition);
            }
            return counts;
        }

        private void run(TopicPartition partition) {
            List<TopicPartition> one = List.of(partition);
            letters.assign(one);
            long end = letters.endOffsets(one).getOrDefault(partition, 0L);
            RedrivenOffsets done = done(partition, letters.beginningOffsets(one).getOrDefault(partition, 0L));
            letters.seek(partition, done.next());
            long expected = done.next();
            while (letters.position(partition) < end && !isOver()) {
                for (ConsumerRecord<byte[], byte[]> record : letters.poll(POLL)) {
                    if (record.offset() >= end || isOver()) {
                        break;
                    }
                    if (record.offset() > expected) {
                        // No letters are there, and none will be.
                        done.add(expected, record.offset() - 1);
                    }
                    expected = record.offset() + 1;
                    if (!done.contains(record.offset())) {
                        take(new DeadLetter(record), done);
                    }
                    if (inTransaction >= LETTERS_TO_A_TRANSACTION) {
                        commit(partition, done);
                    }
                }
            }
            commit(partition, done);
        }

        private boolean isOver() {
            return counts.sent >= limit || counts.full;
        }

        private RedrivenOffsets done(TopicPartition partition, long beginning) {
            OffsetAndMetadata committed = fromBeginning
                    ? null
                    : letters.committed(java.util.Set.of(partition)).get(partition);
            RedrivenOffsets done = committed == null
                    ? new RedrivenOffsets(beginning, "")
                    : new RedrivenOffsets(committed.offset(), committed.metadata());
            if (beginning > done.next()) {
                done.add(done.next(), beginning - 1);
            }
            return done;
        }

        private void take(DeadLetter letter, RedrivenOffsets done) {
            if (letter.isNoRecord() || !letter.topic().equals(topics.samples()) || letter.partition() >= partitions) {
                counts.noRecords++;
                return;
            }
            if (!selected.test(letter)) {
                counts.notSelected++;
                return;
            }
            if (!done.hasRoom()) {
                counts.full = true;
                return;
            }
            ConsumerRecord<byte[], byte[]> record = letter.isWhole() ? letter.letter() : find(letter);
            if (record == null) {
                counts.gone++;
            } else if (DeadLetter.redrives(record) >= maximumAttempts) {
                counts.tooOften++;
            } else {
                counts.sent++;
                shown.accept(letter);
                send(letter, record);
                done.add(letter.letter().offset());
            }
        }

        private @Nullable ConsumerRecord<byte[], byte[]> find(DeadLetter letter) {
            return originals.find(new TopicPartition(letter.topic(), letter.partition()), letter.offset());
        }

        private void send(DeadLetter letter, ConsumerRecord<byte[], byte[]> record) {
            if (!dryRun) {
                begin();
                producer.send(letter.again(record));
                inTransaction++;
            }
        }

        private void begin() {
            if (inTransaction == 0) {
                producer.beginTransaction();
            }
        }

        private void commit(TopicPartition partition, RedrivenOffsets done) {
            if (dryRun) {
                return;
            }
            begin();
            producer.sendOffsetsToTransaction(
                    Map.of(partition, new OffsetAndMetadata(done.next(), done.metadata())),
                    new ConsumerGroupMetadata(group()));
            producer.commitTransaction();
            inTransaction = 0;
        }
    }
}
