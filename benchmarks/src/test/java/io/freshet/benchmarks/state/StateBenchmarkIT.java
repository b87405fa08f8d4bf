package io.freshet.benchmarks.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Catches a workload that no longer runs. Runs each once, briefly, from scratch and from a checkpoint. */
class StateBenchmarkIT {
    @TempDir
    private Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--workload one --checkpoint-millis 200",
                "--workload keyed --keys 1000 --state-backend rocksdb",
                "--workload keyed --keys 1000 --draw zipf --state-backend heap",
                "--workload hashed --publish-samples 5000"
            })
    void every_workload_runs_and_restarts(String options) {
        List<String> arguments = new ArrayList<>(List.of(options.split(" ")));
        arguments.addAll(List.of("--warm-up", "1000", "--seconds", "1", "--restart"));
        arguments.addAll(List.of("--directory", directory.toString()));
        assertThat(StateBenchmark.run(arguments.toArray(new String[0]))).isZero();
    }
}
