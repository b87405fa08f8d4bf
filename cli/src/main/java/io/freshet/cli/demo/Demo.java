package io.freshet.cli.demo;

import io.freshet.cli.dev.Program;
import io.freshet.cli.dev.RunningStack;
import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The example that {@code demo} runs: two models, a stream of flights, and queries to try.
 *
 * @param rate flights per second
 * @param replicas of the model without a key; 0 for one learner
 * @param browser whether to open the page
 * @param start of the demo, as {@link System#nanoTime}
 */
record Demo(int rate, int replicas, boolean browser, long start, PrintWriter out) implements Program {
    /** Returns the number of partitions, one for each replica. */
    int partitions() {
        return Math.max(1, replicas);
    }

    @Override
    public List<Path> specifications(Path directory) throws IOException {
        return List.of(
                Files.writeString(directory.resolve("delays.yaml"), delays()),
                Files.writeString(directory.resolve("delays-by-origin.yaml"), Examples.yaml("delays-by-origin.yaml")));
    }

    /** Returns the model without a key. A round of its replicas has as many samples as a window. */
    private String delays() throws IOException {
        String alone = Examples.yaml("delays.yaml");
        if (replicas == 0) {
            return alone;
        }
        int period = Math.max(1, ModelSpec.parse(alone).window() / replicas);
        return alone + "\nreplicas: {count: " + replicas + ", period: " + period + "}\n";
    }

    @Override
    public void send(RunningStack stack) throws Exception {
        Path file = Examples.copy("flights.csv.gz", stack.directory());
        new ExampleStream(file, stack.models(), stack.topics().samples(), partitions(), rate)
                .play(stack.kafka(), pass -> stack.server().notice(repeated(pass)));
    }

    static String repeated(int pass) {
        return "The demo is past the end of its file and sends it again (pass " + pass
                + "): the models have learned these flights before.";
    }

    /** Waits for the first prediction, prints it and queries to try, and opens the page. */
    @Override
    public void greet(RunningStack stack) throws Exception {
        DemoQueries queries = new DemoQueries(stack.serverAddress());
        String prediction = queries.firstPrediction(stack);
        double seconds = (System.nanoTime() - start) / 1e9;
        out.println(String.format(Locale.ROOT, "first prediction after %.1f s: %s", seconds, prediction.strip()));
        out.print(queries.guide(stack.flinkAddress(), stack.bootstrapServers()));
        out.flush();
        if (browser) {
            Browser.open(URI.create(stack.serverAddress() + "/"));
        }
    }
}
