package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.feed.SampleProducer;
import io.freshet.cli.kafka.KafkaOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Would catch a run that fills the disk, after which the broker ends the JVM without a message. */
class TrainingSinkTest {
    @Test
    void rejects_more_epochs_than_the_disk_has_room_for(@TempDir Path directory) throws Exception {
        try (SampleProducer producer = new SampleProducer(KafkaOptions.of("127.0.0.1:1"), "samples", "dead", 1)) {
            TrainingSink sink =
                    new TrainingSink(producer, new RejectedRows(1, List.of()), null, new AtomicBoolean(), directory);
            assertThatCode(() -> sink.requireSpace(1 << 20, 2)).doesNotThrowAnyException();
            long free = directory.toFile().getUsableSpace();
            assertThatThrownBy(() -> sink.requireSpace(free, 3))
                    .isInstanceOf(CommandException.class)
                    .hasMessageStartingWith(directory + ": ")
                    .hasMessageMatching("(?s).* MB free \\(expected: [0-9,]+ MB for the samples of 3 more epochs;"
                            + " FRESHET_JAVA_OPTIONS=-Djava.io.tmpdir=... names another directory\\)");
        }
    }
}
