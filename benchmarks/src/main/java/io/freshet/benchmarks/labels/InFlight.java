package io.freshet.benchmarks.labels;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.StringJoiner;
import java.util.stream.IntStream;

/** How far predictions are off after a pause as long as {@code within}, by the number of corrections that arrive in it. */
final class InFlight {
    private static final int WINDOW = 200;

    private InFlight() {}

    /** Returns the times, the late positives in flight, and the bias of {@code retract} in the worst requests by optimizer. */
    static String row(int within, int after, int seeds) {
        int steady = 2 * within;
        List<List<Request>> drawn = IntStream.rangeClosed(1, seeds)
                .mapToObj(seed -> Traffic.PAUSE.draw(within, steady, seed))
                .toList();
        Method method = Method.retract(within, after);
        StringJoiner row = new StringJoiner(" | ", "| ", " |").add(within + "s").add(after + "s");
        row.add(number(
                "%,.0f",
                drawn.stream()
                        .mapToLong(requests -> late(requests, after, steady))
                        .average()));
        for (String optimizer : Traffic.OPTIMIZERS.values()) {
            row.add(number(
                    "%.2f",
                    drawn.stream()
                            .mapToDouble(requests -> Traffic.run(optimizer, method, requests)
                                    .from(steady)
                                    .worst(Math.min(WINDOW, within))
                                    .bias())
                            .average()));
        }
        return row.toString();
    }

    /** Returns how many positives are corrected when no first sample is learned any more. */
    private static long late(List<Request> requests, int after, int steady) {
        return requests.stream()
                .filter(request -> request.second() < steady && request.converted() > after)
                .filter(request -> request.converted() < Request.NEVER)
                .filter(request -> request.second() + request.converted() >= steady + after)
                .count();
    }

    private static String number(String format, OptionalDouble value) {
        return String.format(Locale.ROOT, format, value.orElseThrow());
    }
}
