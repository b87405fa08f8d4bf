package io.freshet.cli.dev;

import io.freshet.learning.spec.ModelSpec;
import java.io.PrintWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints the addresses of a stack, and commands and requests to try. */
record Greeting(RunningStack stack, PrintWriter out) {
    private static final String BROKER_VARIABLE = "FRESHET_BOOTSTRAP_SERVERS";
    private static final String DEFAULT_BROKER = "localhost:9092";
    private static final String DEFAULT_SERVER = "http://127.0.0.1:8000";
    /** Models whose queries are printed. */
    private static final int MAXIMUM_QUERIES = 5;

    void print(Program program) throws Exception {
        out.print("""

            Page          %s/
            Kafka         %s
            Samples       topic %s, format %s
            Flink         %s/
            Files         %s

            In another terminal:
            """.formatted(
                        stack.serverAddress(),
                        stack.bootstrapServers(),
                        stack.topics().samples(),
                        stack.format(),
                        stack.flinkAddress(),
                        stack.directory()));
        String broker = brokerOption(stack.bootstrapServers(), System.getenv(BROKER_VARIABLE));
        program.commands(stack).forEach(command -> out.println("  ./freshet " + command + broker));
        stack.models().stream().limit(MAXIMUM_QUERIES).forEach(model -> query(model, program.values()));
        out.println();
        out.flush();
    }

    /**
     * Returns the option with which a command reaches the broker; empty if it does so without.
     *
     * @param variable value of {@value #BROKER_VARIABLE}, which the commands read; null or empty if it is not set
     */
    static String brokerOption(String broker, @Nullable String variable) {
        String used = variable == null || variable.isBlank() ? DEFAULT_BROKER : variable;
        return used.replace("localhost", "127.0.0.1").equals(broker) ? "" : " --bootstrap-servers " + broker;
    }

    private void query(ModelSpec model, Map<String, Object> values) {
        ExampleQuery query = new ExampleQuery(model, values);
        if (!query.isShort()) {
            return;
        }
        String server = stack.serverAddress();
        if (query.hasArguments()) {
            String address = server.equals(DEFAULT_SERVER) ? "" : " --server " + server;
            out.println("  ./freshet predict " + model.name() + " " + query.arguments() + address);
        }
        post(model, "infer", query.request());
        String outcome = query.outcome();
        if (outcome != null) {
            post(model, "feedback", outcome);
        }
    }

    private void post(ModelSpec model, String route, String body) {
        out.println("  curl -s " + stack.serverAddress() + "/v2/models/" + model.name() + "/" + route
                + " -H 'content-type: application/json' -d " + ExampleQuery.quote(body));
    }
}
