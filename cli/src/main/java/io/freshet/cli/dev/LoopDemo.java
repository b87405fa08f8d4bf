package io.freshet.cli.dev;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The closed loop that {@code demo --loop} runs: requests, answers, outcomes, samples, and parameters that answer again.
 *
 * @param rate departures per second
 * @param browser whether to open the page
 */
record LoopDemo(int rate, boolean browser, LoopMoments moments, PrintWriter out) implements Program {
    @Override
    public List<Path> specifications(Path directory) throws IOException {
        return List.of(Files.writeString(directory.resolve("delays-loop.yaml"), Examples.yaml("delays-loop.yaml")));
    }

    @Override
    public void send(RunningStack stack) throws Exception {
        Path file = Examples.copy("flights.csv.gz", stack.directory());
        FlightDesk desk = FlightDesk.at(stack.serverAddress(), null);
        try (FlightFile flights = new FlightFile(file, Flight.LAYOUT, stack.server()::notice)) {
            new FlightLoop(desk, rate, moments).run(flights, Long.MAX_VALUE);
        }
    }

    /** Watches for the first joined sample, and opens the page. */
    @Override
    public void awaitReady(RunningStack stack) {
        moments.watch(stack);
        out.println("A minute of flight takes 20 ms.");
        if (browser) {
            Browser.open(URI.create(stack.serverAddress() + "/"));
        }
    }

    @Override
    public Map<String, Object> values() {
        return Flight.EXAMPLE;
    }

    @Override
    public List<String> commands(RunningStack stack) {
        return List.of("status", "tail answers --limit 3", "tail samples --limit 3");
    }
}
