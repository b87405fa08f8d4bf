package io.freshet.benchmarks.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.freshet.benchmarks.workload.SampleFormat;
import io.freshet.benchmarks.workload.Workload;
import io.freshet.cli.console.CommandException;
import io.freshet.cli.feed.SampleProducer;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The samples of a workload, stored where the runs read them.
 *
 * @param format of the topic
 * @param topics of the deployment
 * @param ends number of samples in each partition
 * @param bytesPerSample mean, before compression
 * @param text the same samples in Vowpal Wabbit's format, or null
 */
record BenchSamples(
        Workload workload,
        SampleFormat format,
        Topics topics,
        List<Long> ends,
        double bytesPerSample,
        @Nullable Path text) {
    /** Returns the number of samples. */
    long samples() {
        return ends.stream().mapToLong(Long::longValue).sum();
    }

    int partitions() {
        return ends.size();
    }

    /**
     * Creates the topic and fills it. A sample of a model with a key has its key as the record's.
     *
     * @param partitions of the topic
     * @param text whether to write the text file too
     */
    static BenchSamples create(
            BenchStack stack, Workload workload, SampleFormat format, long samples, int partitions, boolean text)
            throws IOException, CommandException {
        Topics topics = Topics.of("bench-" + workload.option());
        stack.createTopics(topics, partitions);
        Path file = text ? stack.directory().resolve(workload.option() + ".vw") : null;
        long bytes;
        try (SampleProducer producer =
                        new SampleProducer(stack.kafkaOptions(), topics.samples(), topics.deadLetters());
                Writer lines = file == null ? Writer.nullWriter() : Files.newBufferedWriter(file, US_ASCII)) {
            bytes = write(workload, format, samples, producer, text ? lines : null);
        }
        return new BenchSamples(
                workload, format, topics, ends(stack, topics.samples()), bytes / (double) samples, file);
    }

    /** Deletes the topic and the file. */
    void delete(BenchStack stack) throws IOException, CommandException {
        stack.deleteTopics(topics);
        if (text != null) {
            Files.delete(text);
        }
    }

    private static List<Long> ends(BenchStack stack, String topic) throws CommandException {
        try (KafkaConsumer<byte[], byte[]> consumer = stack.kafkaOptions().consumer()) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .sorted(Comparator.comparing(TopicPartition::partition))
                    .toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            return partitions.stream().map(ends::get).toList();
        }
    }

    private static long write(
            Workload workload, SampleFormat format, long samples, SampleProducer producer, @Nullable Writer lines)
            throws IOException, CommandException {
        ModelSpec spec = workload.spec();
        RowLayout layout = RowLayout.of(List.of(spec));
        int keyField = spec.key() == null ? -1 : layout.text(spec.key());
        Workload.Generator generator = workload.generator(layout);
        SampleFormat.Writer writer = format.writer(layout);
        Row row = new Row(layout);
        StringBuilder line = new StringBuilder();
        long bytes = 0;
        try {
            for (long i = 0; i < samples; i++) {
                generator.next(row);
                byte[] sample = writer.write(row);
                bytes += sample.length;
                producer.send(keyField < 0 ? null : key(row, keyField), sample);
                if (lines != null) {
                    line.setLength(0);
                    generator.appendVowpalWabbit(line);
                    lines.append(line.append('\n'));
                }
            }
        } catch (InvalidSampleException e) {
            throw new IllegalStateException("a generated sample is too long", e);
        }
        producer.flush();
        return bytes;
    }

    private static byte[] key(Row row, int field) {
        return Arrays.copyOfRange(row.bytes(), row.textFrom(field), row.textTo(field));
    }
}
