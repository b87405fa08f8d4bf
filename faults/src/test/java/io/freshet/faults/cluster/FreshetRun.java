package io.freshet.faults.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.FreshetCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/** The command {@code freshet}, in this JVM. */
public final class FreshetRun {
    private FreshetRun() {}

    /** Runs a command on the topics under a prefix, and asserts that it succeeds; returns what it prints. */
    public static String done(String bootstrapServers, String prefix, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap-servers", bootstrapServers, "--prefix", prefix));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code =
                FreshetCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
        assertThat(code).as(out + "" + err).isZero();
        return out.toString();
    }
}
