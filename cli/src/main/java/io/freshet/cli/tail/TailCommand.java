package io.freshet.cli.tail;

import static io.freshet.cli.console.OptionValue.require;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.LoopTopics;
import io.freshet.cli.kafka.TopicFormats;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.TopicFormat;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Follows a topic and prints each record, decoded, on one line. */
@Command(
        name = "tail",
        description = "Follow a topic and print its records.",
        footer = {
            "Examples:",
            "  freshet tail metrics --from-beginning --limit 10",
            "  # Why records were rejected in the last hour",
            "  freshet tail dead-letters --summary --since 1h"
        })
public final class TailCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "<what>",
            converter = SourceConverter.class,
            description = "snapshots, metrics, dead-letters, samples, models, answers, outcomes, or unjoined.")
    @SuppressWarnings("NullAway.Init")
    private TailSource source;

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private Output output = new Output();

    @Option(names = "--samples", paramLabel = "<topic>", description = "Samples topic (default: <prefix>.samples).")
    private @Nullable String samples;

    @Mixin
    private LoopTopics loop = new LoopTopics();

    @Option(names = "--from-beginning", description = "Start with the existing records.")
    private boolean fromBeginning;

    @Mixin
    private DeadLetterOptions deadLetters = new DeadLetterOptions();

    @Option(names = "--limit", paramLabel = "<n>", description = "Stop after this many records.")
    private long limit = Long.MAX_VALUE;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Override
    public Integer call() throws CommandException {
        require(command, limit >= 1, "--limit", limit, "at least 1");
        deadLetters.start(source, System.currentTimeMillis());
        kafka.connect().close();
        RecordView view = view();
        try (TopicReader reader = TopicReader.open(kafka, source.topics(kafka.topics(samples), loop))) {
            if (deadLetters.isSummary()) {
                summarize(reader);
                return 0;
            }
            if (!fromBeginning && !deadLetters.includesExisting()) {
                sayWaiting(reader.skipToEnd());
            }
            long shown = 0;
            while (shown < limit && !output.closed() && !Thread.currentThread().isInterrupted()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll()) {
                    if (shown < limit && isSelected(record) && show(record, view)) {
                        shown++;
                    }
                }
            }
        }
        return 0;
    }

    /** Prints that nothing may be printed for a while, and that there may be records to see. */
    private void sayWaiting(long existing) {
        PrintWriter err = command.commandLine().getErr();
        err.println("freshet: waiting for new " + source + " ("
                + (existing == 0
                        ? "none exist yet"
                        : String.format(Locale.ROOT, "up to %,d exist; --from-beginning prints them", existing))
                + "); Ctrl-C ends");
        err.flush();
    }

    private void summarize(TopicReader reader) {
        DeadLetterSummary summary = new DeadLetterSummary();
        reader.readToEnd(record -> {
            if (deadLetters.selects(record)) {
                summary.add(record);
            }
        });
        if (summary.isEmpty()) {
            command.commandLine().getErr().println("freshet: no dead letters match");
        }
        summary.print(output);
    }

    private RecordView view() throws CommandException {
        TopicFormat format = source == TailSource.SAMPLES ? TopicFormats.find(kafka, kafka.topics(samples)) : null;
        return format == null || format.format().equals("avro")
                ? source.view()
                : new ForeignSampleView(format.format().equals("json"));
    }

    private boolean isSelected(ConsumerRecord<byte[], byte[]> record) {
        return source != TailSource.DEAD_LETTERS || deadLetters.selects(record);
    }

    private boolean show(ConsumerRecord<byte[], byte[]> record, RecordView view) {
        Map<String, @Nullable Object> fields;
        try {
            fields = view.fields(record);
        } catch (MalformedRecordException e) {
            fields = new LinkedHashMap<>();
            fields.put("malformed", e.getMessage());
            fields.put("value", ValuePreview.of(record.value()));
        }
        if (fields == null || !output.isJson() && view.isRepetition(record, fields)) {
            return false;
        }
        Map<String, @Nullable Object> shown = fields;
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("time", Instant.ofEpochMilli(record.timestamp()).toString());
        json.put("partition", record.partition());
        json.put("offset", record.offset());
        json.put("record", fields);
        output.print(
                json, () -> shown.containsKey("malformed") ? FieldText.line(record, shown) : view.text(record, shown));
        return true;
    }

    static final class SourceConverter implements ITypeConverter<TailSource> {
        @Override
        public TailSource convert(String label) {
            return Arrays.stream(TailSource.values())
                    .filter(source -> source.toString().equals(label))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(label + " (expected: "
                            + Arrays.stream(TailSource.values())
                                    .map(TailSource::toString)
                                    .collect(Collectors.joining(", "))
                            + ")"));
        }
    }
}
