package io.freshet.cli.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.console.Output;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class DeadLetterSummaryTest {
    @Command(name = "probe")
    static final class Probe {
        @Mixin
        private Output output = new Output();
    }

    @Test
    void what_records_contain_stays_on_its_line() {
        DeadLetterSummary summary = new DeadLetterSummary();
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("s-dlt", 0, 0, null, new byte[] {1});
        DeadLetterHeaders.of("s", 0, 7, "encode", "m\u001b[31m", "x: a\nb (expected: a number)")
                .forEach(record.headers()::add);
        assertThat(summary.isEmpty()).isTrue();
        summary.add(record);
        assertThat(summary.isEmpty()).isFalse();
        StringWriter printed = new StringWriter();
        Probe probe = new Probe();
        new CommandLine(probe).setOut(new PrintWriter(printed)).parseArgs();

        summary.print(probe.output);

        assertThat(printed.toString().lines())
                .singleElement()
                .asString()
                .contains("m [31m: ", "newest: x: a\\nb (expected: a number)")
                .doesNotContain("\u001b");
    }
}
