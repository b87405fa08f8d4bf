package io.freshet.server;

import picocli.CommandLine.Option;

/** The options of the log. */
final class LogOptions {
    private enum Format {
        TEXT,
        JSON
    }

    private enum Level {
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    @Option(
            names = "--log-format",
            defaultValue = "text",
            paramLabel = "text|json",
            description = "Format of the log on standard error (default: ${DEFAULT-VALUE}).")
    private Format format = Format.TEXT;

    @Option(
            names = "--log-level",
            defaultValue = "info",
            paramLabel = "debug|info|warn|error",
            description = "Least severe level of the server's messages to log (default: ${DEFAULT-VALUE}).")
    private Level level = Level.INFO;

    /** Sets the properties that log4j2.xml reads, which must happen before anything logs. */
    void apply() {
        if (format == Format.JSON) {
            System.setProperty("freshet.console", "json");
        }
        System.setProperty("freshet.level", level.name());
    }
}
