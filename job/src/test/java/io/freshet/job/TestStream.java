package io.freshet.job;

import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Stage;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.SampleDecoder;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleWriter;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * The samples topic of every test: one fixed record for each offset.
 *
 * <p>Numbers a and b, weight w, labels y (0 or 1) and t; texts c (five values, the key) and d (twenty values).
 */
public final class TestStream {
    private static final SampleWriter WRITER = new SampleWriter();
    /** By specification; creating one takes longer than decoding a thousand samples. */
    private static final ThreadLocal<Map<ModelSpec, SpecDecoder>> DECODERS =
            ThreadLocal.withInitial(IdentityHashMap::new);

    /** Decodes the samples of a model, as the job does. */
    private static final class SpecDecoder {
        private final ModelSpec spec;
        private final RowLayout layout;
        private final Row row;
        private final SampleDecoder decoder;
        private final FeatureEncoder encoder;
        private final long number;

        SpecDecoder(ModelSpec spec) {
            this.spec = spec;
            layout = RowLayout.of(List.of(spec));
            row = new Row(layout);
            decoder = new SampleDecoder(layout);
            encoder = new FeatureEncoder(spec, layout);
            number = Long.parseUnsignedLong(spec.hash(), 16);
        }

        KeyedSample sample(int partition, long offset, byte[] value)
                throws MalformedRecordException, InvalidSampleException {
            decoder.decode(value, 0, row);
            String key = spec.key() == null ? "" : row.text(layout.text(spec.key()));
            return new KeyedSample(spec.name() + "/" + key, number, encoder.encode(row, partition, offset));
        }
    }

    private TestStream() {}

    /** Returns a model without a key, with two classes, batches of {@code batch}, and windows of 5 samples. */
    public static ModelSpec whole(int batch) {
        return ModelSpec.parse("""
                {name: whole, label: y, weight: w, features: {numeric: [a, b], categorical: [d], hashBits: 6},
                 loss: binary-cross-entropy, optimizer: {type: rmsprop}, batch: {size: %d},
                 publish: {everySamples: 10, everyMillis: 500, minimumMillis: 0}, evaluation: {window: 5}}
                """.formatted(batch));
    }

    /** Returns a regression model with key c, batches of 3, and windows of 5 samples. */
    public static ModelSpec keyed() {
        return ModelSpec.parse("""
                {name: keyed, label: t, key: c, features: {numeric: [a, b], categorical: [d], hashBits: 4},
                 loss: mean-squared-error, optimizer: {type: sgd}, batch: {size: 3},
                 publish: {everySamples: 10, everyMillis: 500, minimumMillis: 0}, evaluation: {window: 5}}
                """);
    }

    /** Returns a sample for every model. */
    public static byte[] value(long offset) {
        return value(offset, "");
    }

    public static byte[] value(long offset, String model) {
        return WRITER.write("", model, eventTime(offset), numbers(offset), texts(offset));
    }

    /** Returns the first {@code count} samples. */
    public static List<byte[]> values(int count) {
        return LongStream.range(0, count).mapToObj(TestStream::value).toList();
    }

    /** Returns a sample for every model, with an id. */
    public static byte[] identified(long offset, String id) {
        return WRITER.write(id, "", eventTime(offset), numbers(offset), texts(offset));
    }

    /** Returns a sample for every model, with {@code numbers} replaced. */
    public static byte[] value(long offset, Map<String, Double> numbers) {
        Map<String, Double> all = numbers(offset);
        all.putAll(numbers);
        return WRITER.write("", "", eventTime(offset), all, texts(offset));
    }

    /** Returns a sample for every model, with another key. */
    public static byte[] valueOfKey(long offset, String c) {
        Map<String, String> texts = texts(offset);
        texts.put("c", c);
        return WRITER.write("", "", eventTime(offset), numbers(offset), texts);
    }

    /** Returns the sample of a request at an offset, with another label for {@link #keyed}. A closed one has no features. */
    public static byte[] value(long offset, SampleHeader header, double label) {
        Map<String, Double> numbers = header.stage() == Stage.CLOSED ? new LinkedHashMap<>() : numbers(offset);
        numbers.put("t", label);
        Map<String, String> texts = texts(offset);
        return WRITER.write(
                header, numbers, header.stage() == Stage.CLOSED ? Map.of("c", texts.get("c")) : texts, Map.of());
    }

    /** Returns a record of partition 0. */
    public static SourceRecord record(long offset, byte[] value) {
        return new SourceRecord(0, offset, eventTime(offset), null, value, RecordHeaders.NONE);
    }

    /** Returns the sample at an offset, as the decoder emits it. */
    public static KeyedSample sample(ModelSpec spec, long offset) {
        return sample(spec, offset, value(offset));
    }

    public static KeyedSample sample(ModelSpec spec, long offset, byte[] value) {
        return sample(spec, 0, offset, value);
    }

    /** Returns a sample that differs for each partition and offset. */
    public static KeyedSample sample(ModelSpec spec, int partition, long offset) {
        return sample(spec, partition, offset, value(offset * 16 + partition));
    }

    private static KeyedSample sample(ModelSpec spec, int partition, long offset, byte[] value) {
        try {
            return DECODERS.get().computeIfAbsent(spec, SpecDecoder::new).sample(partition, offset, value);
        } catch (MalformedRecordException | InvalidSampleException e) {
            throw new IllegalArgumentException(e);
        }
    }

    public static long eventTime(long offset) {
        return 1_000_000 + offset;
    }

    private static Map<String, Double> numbers(long offset) {
        SplittableRandom random = new SplittableRandom(offset);
        double a = random.nextDouble(-3, 3);
        double b = random.nextDouble(0, 1000);
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put("a", a);
        numbers.put("b", b);
        numbers.put("y", a + random.nextDouble() > 0.5 ? 1.0 : 0.0);
        numbers.put("t", 3 * a - b / 100);
        numbers.put("w", random.nextDouble(0.1, 2));
        return numbers;
    }

    private static Map<String, String> texts(long offset) {
        SplittableRandom random = new SplittableRandom(~offset);
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("c", "c" + random.nextInt(5));
        texts.put("d", "d" + random.nextInt(20));
        return texts;
    }
}
