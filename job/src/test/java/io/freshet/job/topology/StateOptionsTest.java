package io.freshet.job.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.job.learn.LearnerResources;
import org.apache.flink.configuration.StateBackendOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class StateOptionsTest {
    @Command
    private static final class Holder {
        @Mixin
        private StateOptions state = new StateOptions();
    }

    @Test
    void without_options_flinks_configuration_applies() {
        StateSettings settings = parse();
        assertThat(settings).isEqualTo(StateSettings.DEFAULT);
        assertThat(settings.flink().keySet()).isEmpty();
        assertThat(settings.learners()).isEqualTo(new LearnerResources(256L * 1024 * 1024, 1));
    }

    @ParameterizedTest
    @CsvSource({"heap, hashmap", "rocksdb, rocksdb"})
    void backends_map_to_flinks_names(String ours, String flinks) {
        assertThat(parse("--state-backend", ours).flink().get(StateBackendOptions.STATE_BACKEND))
                .isEqualTo(flinks);
    }

    @ParameterizedTest
    @CsvSource({"64KiB, 65536", "1MiB, 1048576", "3gib, 3221225472", "0MiB, 0"})
    void sizes_are_in_powers_of_1024(String size, long bytes) {
        assertThat(parse("--model-cache", size).learners().cacheBytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"64", "64MB", "-1MiB", "1.5GiB", "1 MiB", "", "99999999999GiB"})
    void rejects_other_sizes(String size) {
        assertThatThrownBy(() -> parse("--model-cache", size))
                .isInstanceOf(ParameterException.class)
                .hasMessage("--model-cache: " + size + " (expected: a number of KiB, MiB, or GiB, such as 64MiB)");
    }

    @Test
    void threads_are_those_given_or_one() {
        assertThat(parse("--learner-threads", "3").learners().threads()).isEqualTo(3);
        assertThat(parse().learners().threads()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "129"})
    void rejects_other_numbers_of_threads(String threads) {
        assertThatThrownBy(() -> parse("--learner-threads", threads))
                .isInstanceOf(ParameterException.class)
                .hasMessage("--learner-threads: " + threads + " (expected: from 1 to 128)");
    }

    @Test
    void rejects_other_backends() {
        assertThatThrownBy(() -> parse("--state-backend", "forst"))
                .isInstanceOf(ParameterException.class)
                .hasMessage("--state-backend: forst (expected: heap or rocksdb)");
    }

    private static StateSettings parse(String... arguments) {
        Holder holder = new Holder();
        new CommandLine(holder).parseArgs(arguments);
        return holder.state.settings();
    }
}
