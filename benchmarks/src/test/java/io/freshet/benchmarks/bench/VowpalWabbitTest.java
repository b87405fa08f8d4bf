package io.freshet.benchmarks.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.benchmarks.workload.SampleFormat;
import io.freshet.benchmarks.workload.Workload;
import io.freshet.cli.Run;
import io.freshet.cli.console.CommandException;
import io.freshet.schemas.kafka.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Catches a peer whose failure counts as a fast run, and a program that is another one. */
class VowpalWabbitTest {
    @TempDir
    Path directory;

    @Test
    void reads_the_version_and_the_loss() throws Exception {
        VowpalWabbit program = VowpalWabbit.find(program("""
                case "$1" in --version) echo '9.11.2 (git commit: )';; *) echo 'average loss = 0.5873'; echo "$*";; esac"""));

        assertThat(program.version()).isEqualTo("9.11.2");
        Measurement measured = program.run(Variant.VW_TEXT, samples());
        assertThat(measured.loss()).isEqualTo(0.5873);
        assertThat(measured.samples()).isEqualTo(1000);
    }

    @Test
    void reports_the_last_line_of_a_run_that_fails() throws Exception {
        VowpalWabbit program = VowpalWabbit.find(
                program("case \"$1\" in --version) echo 9.11.2;; *) echo started; echo 'no file'; exit 3;; esac"));

        assertThatThrownBy(() -> program.run(Variant.VW_TEXT, samples()))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("--loss_function logistic")
                .hasMessageEndingWith("exit code 3: no file");
    }

    @Test
    void reports_a_run_without_a_loss() throws Exception {
        VowpalWabbit program = VowpalWabbit.find(program("case \"$1\" in --version) echo 9.11.2;; esac"));

        assertThatThrownBy(() -> program.run(Variant.VW_CACHE, samples()))
                .hasMessageEndingWith("exit code 0: no output");
    }

    @Test
    void learns_with_its_own_defaults_from_the_same_cache() throws Exception {
        VowpalWabbit program =
                VowpalWabbit.find(program("case \"$1\" in --version) echo 9.11.2;; *) echo 'no cache'; exit 3;; esac"));

        assertThatThrownBy(() -> program.run(Variant.VW_DEFAULTS, samples(Workload.FLIGHTS)))
                .hasMessageContaining("--cache_file " + directory.resolve("flights.cache")
                        + " -b 16 --loss_function logistic -q od: exit code 3");
    }

    @Test
    void rejects_a_program_that_is_missing_or_another() throws Exception {
        Run missing = Run.of("bench", "--vw", directory.resolve("none").toString());
        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.err()).contains("none: cannot be run (expected: Vowpal Wabbit)");

        Run other = Run.of("bench", "--vw", program("echo hello").toString());
        assertThat(other.code()).isEqualTo(2);
        assertThat(other.err()).contains("vw: prints no version (expected: Vowpal Wabbit)");
    }

    @Test
    void rejects_variants_that_none_of_the_sets_has() throws Exception {
        String program = program("echo 9.11.2").toString();
        Run defaults = Run.of("bench", "--set=sparse", "--only=vw-defaults", "--vw", program);
        assertThat(defaults.code()).isEqualTo(2);
        assertThat(defaults.err())
                .contains(
                        "--only: vw-defaults (expected: consume, discard, learn, vw-text, vw-cache for --set sparse)");

        Run keyed = Run.of("bench", "--set=keyed,sparse", "--only=vw-defaults", "--vw", program);
        assertThat(keyed.err()).contains("--only: vw-defaults", "for --set keyed,sparse");
    }

    private BenchSamples samples() {
        return samples(Workload.SPARSE);
    }

    private BenchSamples samples(Workload workload) {
        return new BenchSamples(
                workload, SampleFormat.AVRO, Topics.of("bench"), List.of(1000L), 268, directory.resolve("samples.vw"));
    }

    private Path program(String script) throws Exception {
        Path program = Files.writeString(directory.resolve("vw"), "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }
}
