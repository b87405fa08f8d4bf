package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.console.Terminal;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.SnapshotFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Would catch a command that ends with a stack trace, or never, when the heap is full. Each runs in a JVM of its own. */
@Timeout(120)
class OutOfMemoryIT {
    @TempDir
    Path directory;

    @Test
    void a_model_that_is_too_large_for_the_heap_is_one_line_that_names_the_option() throws Exception {
        Path snapshot = directory.resolve("large.avro");
        SnapshotFile.write(snapshot, List.of(new SnapshotCodec().publish(large(), -1, "samples", 0, "test")));

        Result result = java("-Xmx32m", Freshet.class, "weights", snapshot.toString());

        assertThat(result.err())
                .containsExactly("freshet: out of memory: the heap is full at 32 MB (expected: more, as with"
                        + " FRESHET_JAVA_OPTIONS=-Xmx64m)");
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void the_process_ends_although_another_thread_waits_for_the_one_that_failed() throws Exception {
        Result result = java("-Xmx32m", WaitsForever.class);

        assertThat(result.err())
                .singleElement()
                .asString()
                .startsWith("freshet: out of memory: the heap is full at 32 MB");
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void output_to_a_pipe_is_not_to_a_terminal_on_any_java() throws Exception {
        assertThat(java("-Xmx32m", PrintsTerminal.class).out()).containsExactly("false");
    }

    static final class PrintsTerminal {
        private PrintsTerminal() {}

        public static void main(String[] arguments) {
            System.out.println(Terminal.isUsed());
        }
    }

    static final class WaitsForever {
        private WaitsForever() {}

        public static void main(String[] arguments) throws InterruptedException {
            Thread.setDefaultUncaughtExceptionHandler(new OutOfMemory(new PrintWriter(System.err)));
            CountDownLatch never = new CountDownLatch(1);
            new Thread(() -> {
                        List<long[]> all = new ArrayList<>();
                        while (all.size() < Integer.MAX_VALUE) {
                            all.add(new long[1 << 16]);
                        }
                        never.countDown();
                    })
                    .start();
            never.await();
        }
    }

    private static Snapshot large() {
        int bits = 23;
        ModelSpec spec = ModelSpec.parse("{name: large, label: y, features: {categorical: [c], hashBits: " + bits
                + "}, loss: mean-squared-error}");
        Learner learner = new Learner(spec);
        return learner.snapshot(learner.start(), "");
    }

    private record Result(int code, List<String> out, List<String> err) {}

    private Result java(String heap, Class<?> main, String... arguments) throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            int code = process.waitFor();
            return new Result(code, Files.readAllLines(out), Files.readAllLines(err));
        } finally {
            process.destroyForcibly();
        }
    }
}
