package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Would catch threads that outlive their task, of which each restart of a job would leave some. */
class LearnerThreadsHarnessTest {
    @Test
    void the_threads_of_a_learner_end_with_its_task() throws Exception {
        Set<Thread> before = helpers();
        Set<Thread> started;
        try (LearnHarness harness = LearnHarness.start(TestStream.keyed())) {
            started = new HashSet<>(helpers());
            started.removeAll(before);
            assertThat(started).isNotEmpty();
        }
        assertThat(started).noneMatch(Thread::isAlive);
    }

    private static Set<Thread> helpers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("learner-"))
                .collect(Collectors.toSet());
    }
}
