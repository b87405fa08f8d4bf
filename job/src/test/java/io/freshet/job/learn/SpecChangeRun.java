package io.freshet.job.learn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.record.OutputRecord;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Specifications that change, and what is learned with them. */
abstract class SpecChangeRun {
    static final ModelSpec KEYED = changed(TestStream.keyed(), "reset: false", "reset: true");
    static final ModelSpec FASTER = changed(KEYED, "learningRate: 0.01", "learningRate: 0.5");
    static final ModelSpec SLOWER = changed(KEYED, "learningRate: 0.01", "learningRate: 0.001");
    static final ModelSpec NARROWER = changed(KEYED, "hashBits: 4", "hashBits: 3");

    /** Returns the keys of a snapshot of 2^18 + 3 parameters. */
    static List<String> large() {
        return Stream.concat(Stream.of("whole/"), IntStream.range(0, 17).mapToObj(block -> "whole#" + block + "/"))
                .toList();
    }

    static List<String> keys(List<OutputRecord> records) {
        return records.stream().map(record -> new String(record.key(), UTF_8)).toList();
    }

    static ModelSpec changed(ModelSpec spec, String from, String to) {
        String yaml = spec.toYaml();
        assertThat(yaml).contains(from);
        return ModelSpec.parse(yaml.replace(from, to));
    }

    /** Returns the states of a learner that had the specification from the start. */
    static Map<String, String> learned(ModelSpec spec, long from, long to) throws Exception {
        try (LearnHarness harness = LearnHarness.start(spec)) {
            harness.learn(spec, from, to);
            return harness.learnerStates();
        }
    }
}
