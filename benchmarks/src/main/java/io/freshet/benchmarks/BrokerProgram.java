package io.freshet.benchmarks;

import io.freshet.cli.dev.EmbeddedKafka;
import java.nio.file.Path;

/** A Kafka broker with its topics in the folder that the argument names. */
public final class BrokerProgram implements JavaProcess.Program {
    @Override
    public String start(String... arguments) {
        return EmbeddedKafka.start(Path.of(arguments[0])).bootstrapServers();
    }
}
