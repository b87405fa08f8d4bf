package io.freshet.cli.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.conformance.Check.Result;
import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.console.Table;
import io.freshet.cli.console.TokenFile;
import io.freshet.cli.input.InputException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Checks a server against the Open Inference Protocol. */
@Command(
        name = "conformance",
        description = "Check any server against the Open Inference Protocol, over REST and gRPC.",
        footer = {
            "Sends requests with one row of zeros, and texts a, to one model, and sums to echo, sum, and addsub, if the"
                    + " server has these models. The exit code is 1 if a check fails.",
            "",
            "Examples:",
            "  freshet conformance --url http://localhost:8000 --model delays"
        })
public final class ConformanceCommand implements Callable<Integer> {
    private static final String TOKEN_VARIABLE = "FRESHET_TOKEN";

    @Option(
            names = "--url",
            paramLabel = "<url>",
            defaultValue = "${env:FRESHET_SERVER:-http://localhost:8000}",
            description = "The server (default: $FRESHET_SERVER, or http://localhost:8000).")
    @SuppressWarnings("NullAway.Init")
    private URI url;

    @Option(
            names = "--grpc-url",
            paramLabel = "<url>",
            description = "The server's gRPC, if it has another port (default: that of --url).")
    private @Nullable URI grpcUrl;

    @Option(
            names = "--model",
            paramLabel = "<name>",
            description = "The model (default: the first that the server lists).")
    private @Nullable String model;

    @Option(
            names = "--text",
            paramLabel = "<input>=<value>",
            description = "Value of a text input, such as a key that the model knows, instead of a; may be repeated.")
    private Map<String, String> texts = new LinkedHashMap<>();

    @Option(
            names = "--token-file",
            paramLabel = "<file>",
            description = "File with the server's bearer token (default: the token in the environment variable"
                    + " FRESHET_TOKEN).")
    private @Nullable Path tokenFile;

    @Mixin
    private Output output = new Output();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Override
    public Integer call() throws CommandException, InputException, InterruptedException {
        requireHttp("--url", url);
        requireHttp("--grpc-url", grpcUrl);
        // Not an option: other users of the host could read it.
        String variable = System.getenv().getOrDefault(TOKEN_VARIABLE, "");
        String token = tokenFile != null ? TokenFile.read(tokenFile) : variable.isBlank() ? null : variable;
        RestServer restServer = new RestServer(url, token);
        String name = model == null ? firstModel(restServer) : model;
        requireKey(restServer, name);
        SampleInputs samples = new SampleInputs(texts);
        RestChecks rest = new RestChecks(restServer, name, samples);
        List<Result> results = new ArrayList<>();
        rest.all().forEach(check -> results.add(check.run()));
        try (GrpcServer grpcServer = new GrpcServer(grpcUrl == null ? url : grpcUrl, token)) {
            new GrpcChecks(grpcServer, rest, name, samples).all().forEach(check -> results.add(check.run()));
            new KnownModelChecks(restServer, grpcServer).all().forEach(check -> results.add(check.run()));
        }
        output.print(results.stream().map(ConformanceCommand::fields).toList(), () -> text(results));
        return count(results, Result.FAIL) == 0 ? 0 : 1;
    }

    private String firstModel(RestServer server) throws CommandException, InterruptedException {
        try {
            String name = server.get("/v2/models").ok().path("models").path(0).asText();
            if (!name.isEmpty()) {
                return name;
            }
        } catch (IOException e) {
            throw new CommandException(url + ": " + e + " (expected: a server)");
        } catch (Check.Failed e) {
            // Listing models is not part of the protocol.
        }
        throw new ParameterException(
                command.commandLine(), "--model: missing (expected: a model, because " + url + " lists none)");
    }

    /** A model with keys, which only Freshet has, predicts for those that it has learned. */
    private void requireKey(RestServer server, String name) throws InterruptedException {
        JsonNode key;
        try {
            key = server.get("/v2/models/" + name).ok().path("properties").path("key_field");
        } catch (IOException | Check.Failed e) {
            return; // The checks report it.
        }
        if (key.isTextual() && !texts.containsKey(key.asText())) {
            throw new ParameterException(
                    command.commandLine(),
                    "--text: missing (expected: " + key.asText() + "=VALUE, a key that model " + name
                            + " has learned)");
        }
    }

    private void requireHttp(String option, @Nullable URI address) {
        if (address != null
                && (address.getHost() == null
                        || !String.valueOf(address.getScheme()).matches("https?"))) {
            throw new ParameterException(
                    command.commandLine(), option + ": " + address + " (expected: http://HOST:PORT)");
        }
    }

    private static Map<String, String> fields(Result result) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("protocol", result.check().protocol());
        fields.put("check", result.check().name());
        fields.put("result", result.outcome());
        fields.put("detail", result.detail());
        return fields;
    }

    private static String text(List<Result> results) {
        Table table = new Table("PROTOCOL", "RESULT", "CHECK", "DETAIL");
        for (Result result : results) {
            table.add(
                    result.check().protocol(), result.outcome(), result.check().name(), result.detail());
        }
        return table + System.lineSeparator() + System.lineSeparator() + count(results, Result.PASS) + " passed, "
                + count(results, Result.FAIL) + " failed, " + count(results, Result.SKIP) + " skipped";
    }

    private static long count(List<Result> results, String outcome) {
        return results.stream()
                .filter(result -> result.outcome().equals(outcome))
                .count();
    }
}
