package io.freshet.cli.demo;

import io.freshet.cli.dev.Program;
import io.freshet.cli.dev.RunningStack;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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
        try (Flights flights = new Flights(file)) {
            new FlightLoop(desk, rate, moments, pass -> stack.server().notice(Demo.repeated(pass)))
                    .run(flights, Long.MAX_VALUE);
        }
    }

    /** Prints where to look, opens the page, and watches for the first joined sample. */
    @Override
    public void greet(RunningStack stack) throws Exception {
        String server = stack.serverAddress();
        String kafka = " --bootstrap-servers " + stack.bootstrapServers();
        out.print("""

            Page with served, expected, and progressive loss   %1$s/
            Flink                                              %2$s/

            A minute of flight takes 20 ms. In another terminal:
              ./freshet status%3$s
              ./freshet tail answers --limit 3%3$s
              ./freshet tail samples --limit 3%3$s

            """.formatted(server, stack.flinkAddress(), kafka));
        out.flush();
        if (browser) {
            Browser.open(URI.create(server + "/"));
        }
        moments.watch(stack);
    }
}
