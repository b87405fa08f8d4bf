package io.freshet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Catches a benchmark that no longer runs. Runs each once, too briefly to measure speed. */
class BenchmarksIT {
    @Test
    void every_benchmark_runs() throws Exception {
        var results = new Runner(new OptionsBuilder()
                        .include("io\\.freshet\\.benchmarks\\..*")
                        .param("batch", "32")
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(20))
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
        assertThat(results).hasSizeGreaterThanOrEqualTo(40);
        assertThat(results).extracting(RunResult::getPrimaryResult).allMatch(result -> result.getScore() > 0);
    }
}
