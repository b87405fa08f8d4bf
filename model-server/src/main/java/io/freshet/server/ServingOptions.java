package io.freshet.server;

import io.freshet.learning.yaml.Durations;
import io.freshet.learning.yaml.SpecException;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.Gate;
import io.freshet.server.store.VersionLimits;
import io.freshet.server.store.VersionSpacing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The options of what is served. */
final class ServingOptions {
    @Option(
            names = "--unknown-keys",
            defaultValue = "error",
            paramLabel = "parent|zero|error",
            converter = UnknownKeysConverter.class,
            description =
                    "What predicts a row whose key has no model: the model of --parent, parameters of 0, or nothing,"
                            + " with the reason in the response (default: ${DEFAULT-VALUE}).")
    private UnknownKeys unknownKeys = UnknownKeys.ERROR;

    @Option(
            names = "--parent",
            paramLabel = "<model>=<model>",
            description =
                    "For a model with a key, the model without one that predicts its unknown keys; may be repeated.")
    private Map<String, String> parents = new LinkedHashMap<>();

    @Option(
            names = "--keep-versions",
            defaultValue = "10",
            paramLabel = "<n>",
            description =
                    "Number of the newest older versions of each model and key to keep for requests that name them"
                            + " (default: ${DEFAULT-VALUE}).")
    private int keepVersions;

    @Option(
            names = "--keep-spaced",
            defaultValue = VersionSpacing.DEFAULT_TEXT,
            paramLabel = "<durations>",
            converter = SpacingConverter.class,
            description =
                    "How far to be able to go back: for each duration, a version of about this age is kept besides; 0"
                            + " for none (default: ${DEFAULT-VALUE}).")
    private VersionSpacing keepSpaced = VersionSpacing.DEFAULT;

    @Option(
            names = "--versions-memory",
            defaultValue = "256MB",
            paramLabel = "<size>",
            converter = ByteSize.class,
            description = "Memory for the older versions of all models; over it, those replaced first are dropped"
                    + " (default: ${DEFAULT-VALUE}).")
    private long versionsMemory;

    @Option(
            names = "--max-staleness",
            paramLabel = "<duration>",
            converter = DurationConverter.class,
            description = "Age of a model beyond which the server is not ready, such as 30s (default: no limit).")
    private @Nullable Duration maximumStaleness;

    @Option(
            names = "--gate",
            paramLabel = "<gate>",
            converter = GateConverter.class,
            description =
                    "A condition that snapshots must meet to be served, on how the last samples were predicted, such"
                            + " as ctr:loss<=0.7 or ctr:accuracy>=0.6; may be repeated.")
    private List<Gate> gates = new ArrayList<>();

    @Option(
            names = "--conformance-models",
            description = "Also serve the models echo, sum, and addsub, whose predictions are known in advance.")
    private boolean conformanceModels;

    /** @throws IllegalArgumentException if a value is invalid */
    ServerOptions.Serving options() {
        return new ServerOptions.Serving(
                unknownKeys,
                parents,
                new VersionLimits(keepVersions, keepSpaced, versionsMemory),
                maximumStaleness,
                gates,
                conformanceModels);
    }

    static final class UnknownKeysConverter implements CommandLine.ITypeConverter<UnknownKeys> {
        @Override
        public UnknownKeys convert(String value) {
            return UnknownKeys.of(value)
                    .orElseThrow(() -> new CommandLine.TypeConversionException(
                            value + " (expected: one of " + UnknownKeys.NAMES + ")"));
        }
    }

    static final class SpacingConverter implements CommandLine.ITypeConverter<VersionSpacing> {
        @Override
        public VersionSpacing convert(String value) {
            try {
                return VersionSpacing.parse(value);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    static final class DurationConverter implements CommandLine.ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            try {
                return Duration.ofMillis(Durations.millis("", value));
            } catch (SpecException e) {
                throw new CommandLine.TypeConversionException(value + " (expected: " + Durations.EXPECTED + ")");
            }
        }
    }

    static final class GateConverter implements CommandLine.ITypeConverter<Gate> {
        @Override
        public Gate convert(String value) {
            try {
                return Gate.parse(value);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
