package io.freshet.cli.tail;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.KnownRecords;
import io.freshet.schemas.kafka.Topics;
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
 * One pass over the existing dead letters.
 *
 * <p>A transaction contains the redriven records and the offsets of their dead letters. So no dead letter is redriven
 * twice, even after a failure, unless the pass starts from the beginning. A second pass fences off the first.
 *
 * @param samplesId Kafka's id of the samples topic
 * @param selected selects the dead letters to redrive
 * @param limit maximum number of dead letters to redrive
 * @param maximumAttempts maximum number of times to redrive a record, over all passes
 * @param fromBeginning whether to ignore the offsets of earlier passes
 * @param dryRun whether to send and commit nothing
 */
record Redrive(
        Topics topics,
        String samplesId,
        Predicate<DeadLetter> selected,
        long limit,
        int maximumAttempts,
        boolean fromBeginning,
        boolean dryRun) {
    private static final int RECORDS_PER_TRANSACTION = 500;
    private static final Map<String, Object> PRODUCER = Map.of(
            "linger.ms",
            "5",
            "compression.type",
            "lz4",
            // The topic accepted the record once, so leave size limits to the topic.
            "max.request.size",
            Integer.toString(64 << 20),
            "buffer.memory",
            Integer.toString(128 << 20));

    /** Numbers of dead letters by outcome. */
    static final class Counts {
        long sent;
        long notSelected;
        long noRecords;
        long gone;
        long otherTopic;
        long tooOften;
        boolean outOfRoom;
    }

    /** @param listener receives each dead letter that is redriven, or would be without {@code dryRun} */
    Counts run(KafkaOptions kafka, Consumer<DeadLetter> listener) throws CommandException {
        Map<String, Object> settings = new HashMap<>(PRODUCER);
        settings.put("transactional.id", group());
        try (KafkaConsumer<byte[], byte[]> letters = kafka.consumer(group());
                OriginalRecords originals = new OriginalRecords(kafka);
                KafkaProducer<byte[], byte[]> producer = kafka.producer(settings)) {
            if (!dryRun) {
                producer.initTransactions();
            }
            return new Pass(letters, originals, producer, listener).run();
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
        private final Consumer<DeadLetter> listener;
        private final int partitions;
        private final Counts counts = new Counts();
        private int inTransaction;

        Pass(
                KafkaConsumer<byte[], byte[]> letters,
                OriginalRecords originals,
                KafkaProducer<byte[], byte[]> producer,
                Consumer<DeadLetter> listener) {
            this.letters = letters;
            this.originals = originals;
            this.producer = producer;
            this.listener = listener;
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
            KnownRecords known = new KnownRecords(letters);
            while (letters.position(partition) < end && !isOver()) {
                for (ConsumerRecord<byte[], byte[]> record : known.poll()) {
                    if (record.offset() >= end || isOver()) {
                        break;
                    }
                    if (record.offset() > expected) {
                        // A gap left by transaction markers or retention.
                        done.add(expected, record.offset() - 1);
                    }
                    expected = record.offset() + 1;
                    if (!done.contains(record.offset())) {
                        process(new DeadLetter(record), done);
                    }
                    if (inTransaction >= RECORDS_PER_TRANSACTION) {
                        commit(partition, done);
                    }
                }
            }
            commit(partition, done);
        }

        private boolean isOver() {
            return counts.sent >= limit || counts.outOfRoom;
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

        private void process(DeadLetter letter, RedrivenOffsets done) {
            if (letter.hasNoRecord() || !letter.topic().equals(topics.samples()) || letter.partition() >= partitions) {
                counts.noRecords++;
                return;
            }
            if (!selected.test(letter)) {
                counts.notSelected++;
                return;
            }
            if (!done.hasRoom()) {
                counts.outOfRoom = true;
                return;
            }
            if (!letter.containsRecord() && !letter.isOfTopic(samplesId)) {
                counts.otherTopic++;
                return;
            }
            ConsumerRecord<byte[], byte[]> record = letter.containsRecord() ? letter.letter() : find(letter);
            if (record == null) {
                counts.gone++;
            } else if (DeadLetter.redrives(record) >= maximumAttempts) {
                counts.tooOften++;
            } else {
                counts.sent++;
                listener.accept(letter);
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
                producer.send(letter.redriven(record));
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
