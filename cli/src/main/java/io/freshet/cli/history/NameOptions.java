package io.freshet.cli.history;

import static io.freshet.cli.console.OptionValue.require;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.feed.EpochPlan;
import io.freshet.cli.feed.FileFeed;
import io.freshet.cli.input.RowFiles;
import io.freshet.cli.input.SampleFiles;
import io.freshet.cli.kafka.SamplesTopic;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.job.source.SourceRecordReader;
import io.freshet.learning.predict.ParameterNames;
import io.freshet.learning.predict.SeenNames;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.sample.RecordFormat;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Finds the names of parameters, with the command-line options that say where. */
public final class NameOptions {
    private static final EpochPlan ONCE = new EpochPlan(1, false, false, 0);

    @Mixin
    private SampleFiles sampleFiles = new SampleFiles();

    @Option(
            names = "--records",
            paramLabel = "<n>",
            description = "Name hashed features by this many of the topic's newest records; 0 for no names (default:"
                    + " ${DEFAULT-VALUE}).")
    private long records = 1_000_000;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** @param name topic that the samples are from; null if only a file has the names */
    public record Source(SamplesTopic topic, @Nullable String name) {}

    /**
     * Returns the names of some parameters of a model and key. Reads samples only if one of them belongs to hashed features.
     * Where the names are from goes to stderr.
     *
     * @param indices of the parameters
     */
    public ParameterNames find(ModelSpec spec, String key, IntStream indices, Source source)
            throws CommandException, IOException {
        require(command, records >= 0, "--records", records, "at least 0");
        ParameterNames plain = new ParameterNames(spec);
        BitSet wanted = new BitSet();
        indices.map(plain::bucket).filter(bucket -> bucket >= 0).forEach(wanted::set);
        if (wanted.isEmpty()) {
            return plain;
        }
        SeenNames seen = new SeenNames(wanted);
        RowFiles files = sampleFiles.files();
        if (files != null) {
            NameReader reader = new NameReader(spec, key, RecordFormat.avro(), seen);
            new FileFeed(files, List.of(spec)).read(reader, ONCE);
            report(reader, files.toString(), seen);
        } else if (source.name() != null && records > 0) {
            NameReader reader = new NameReader(spec, key, source.topic().format(source.name()), seen);
            read(source.topic(), source.name(), reader);
            report(reader, "the newest records of topic " + source.name(), seen);
        } else if (records > 0) {
            command.commandLine()
                    .getErr()
                    .println("names: none (expected: --input or --samples, to name hashed features)");
        }
        return plain.with(seen);
    }

    private void read(SamplesTopic topic, String name, NameReader reader) throws CommandException {
        try (TopicReader records = TopicReader.open(topic.kafka(), name)) {
            records.skipToLast(this.records);
            records.readToEnd(record -> reader.receive(SourceRecordReader.read(record)));
        }
    }

    private void report(NameReader reader, String source, SeenNames seen) {
        StringBuilder text = new StringBuilder("names: from ")
                .append(Plural.of(reader.count(), "sample"))
                .append(" in ")
                .append(source);
        if (seen.unnamed() > 0) {
            text.append("; ").append(Plural.of(seen.unnamed(), "row")).append(" without a name in them");
        }
        if (seen.shared() > 0) {
            text.append("; ").append(Plural.of(seen.shared(), "row")).append(" shared by several names");
        }
        command.commandLine().getErr().println(text);
    }
}
