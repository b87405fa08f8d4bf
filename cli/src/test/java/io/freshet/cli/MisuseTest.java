package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch a misspelled argument that is ignored, or reported without the name that was meant. */
@Timeout(60)
class MisuseTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            trian                                    | trian: unknown command (expected: train?)
            nonsense                                 | nonsense: unknown command (expected: one of demo, dev, train, ...
            topics creat                             | creat: unknown command (expected: create?)
            tpoics list                              | tpoics: unknown command (expected: topics?)
            get --outptu json                        | --outptu: unknown option (expected: --output?)
            get --outptu=json                        | --outptu: unknown option (expected: --output?)
            get --bootstrap-servers=                 | --bootstrap-servers: empty (expected: HOST:PORT, here or in $FRESHET_BOOTSTRAP_SERVERS)
            get --nothing-like-it                    | --nothing-like-it: unknown option (expected: an option of freshet get)
            get --bootstrap-server b:1               | --bootstrap-server: unknown option (expected: --bootstrap-servers?)
            train --spec s.yaml --inputs f.csv       | --inputs: unknown option (expected: --input?)
            train --specs s.yaml --input f.csv       | --specs: unknown option (expected: --spec?)
            train --spec s.yaml --input f.csv --epoch 2 | --epoch: unknown option (expected: --epochs?)
            train --spec s.yaml --input f.csv --epoch=2 | --epoch: unknown option (expected: --epochs?)
            train --spec s.yaml --inptu=f.csv        | --inptu: unknown option (expected: --input?)
            status m other                           | other: unexpected argument (expected: options of freshet status)
            train --spec s.yaml                      | Missing required option: '--input=<file>'
            redrive --stage lern                     | --stage: lern (expected: decode, encode, learn; did you mean learn?)
            redrive --stage everything               | --stage: everything (expected: decode, encode, learn)
            get --kafka.ackss=all                    | --kafka.ackss: unknown setting (expected: acks?)
            get --kafka.security.protocl=SSL         | --kafka.security.protocl: unknown setting (expected: security.protocol?)
            get --kafka security=SSL                 | --kafka.security: unknown setting (expected: a setting of a Kafka producer, consumer, or admin client)
            tail metrics --kafka.fetch.min.byte=1    | --kafka.fetch.min.byte: unknown setting (expected: fetch.min.bytes?)
            job --bootstrap-servers b:1 --kafka.linger.m=1     | --kafka.linger.m: unknown setting (expected: linger.ms?)
            server --bootstrap-servers b:1 --kafka.client.di=1 | --kafka.client.di: unknown setting (expected: client.id?)
            """)
    void names_the_argument_and_what_was_meant(String command, String message) {
        Run run = Run.of(command.split(" +"));

        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).hasSize(2);
        String line = run.err().lines().findFirst().orElse("");
        if (message.endsWith("...")) {
            assertThat(line).startsWith("freshet: " + message.substring(0, message.length() - 3));
        } else {
            assertThat(line).isEqualTo("freshet: " + message);
        }
    }
}
