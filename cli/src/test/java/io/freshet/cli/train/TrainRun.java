package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.Run;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.FloatBytes;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code freshet train}, and a plain loop over the same rows. */
abstract class TrainRun {
    static final ObjectMapper JSON = new ObjectMapper();
    static final String SPEC = """
            name: shops
            label: "Sold out"
            features: {numeric: [price.net, "day of week"], categorical: [Shop], hashBits: 8}
            loss: binary-cross-entropy
            optimizer: {type: rmsprop, learningRate: 0.05}
            evaluation: {window: 500}
            """;

    @TempDir
    Path directory;

    Path saved() {
        return directory.resolve("shops.snapshot");
    }

    JsonNode train(Path spec, Path input, String... more) throws IOException {
        Run run = run(spec, input, more);
        assertThat(run.code()).as(run.err()).isZero();
        return JSON.readTree(directory.resolve("report.json").toFile());
    }

    Run run(Path spec, Path input, String... more) {
        Path report = directory.resolve("report.json");
        List<String> arguments = new ArrayList<>(List.of(
                "train", "--spec", spec.toString(), "--input", input.toString(), "--report", report.toString()));
        arguments.addAll(List.of(more));
        return Run.of(arguments.toArray(String[]::new));
    }

    /** Returns the SHA-256 of the parameters of a plain loop over the same rows. */
    static String oracle(int count) throws Exception {
        ModelSpec spec = ModelSpec.parse(SPEC);
        RowLayout layout = RowLayout.of(List.of(spec));
        Row row = new Row(layout);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        for (String line : rows(count).subList(1, count + 1)) {
            List<String> fields = List.of(line.split(",", -1));
            row.clear();
            row.number(layout.number("price.net"), Double.parseDouble(fields.get(0)));
            row.number(layout.number("day of week"), Double.parseDouble(fields.get(1)));
            row.copyText(layout.text("Shop"), fields.get(2));
            row.number(layout.number("Sold out"), Double.parseDouble(fields.get(3)));
            learner.learn(state, encoder.encode(row, 0, 0));
        }
        float[] parameters = learner.snapshot(state, "").parameters();
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(FloatBytes.write(parameters, 0, parameters.length));
        return HexFormat.of().formatHex(digest.digest());
    }

    static List<String> rows(int count) {
        SplittableRandom random = new SplittableRandom(11);
        List<String> rows = new ArrayList<>();
        rows.add("price.net,day of week,Shop,Sold out");
        List<String> shops = List.of("north", "south", "east", "west");
        for (int i = 0; i < count; i++) {
            double price = random.nextInt(1000) / 100.0;
            int shop = random.nextInt(4);
            int sold = price + shop + random.nextDouble() * 4 < 8 ? 1 : 0;
            rows.add(price + "," + random.nextInt(7) + "," + shops.get(shop) + "," + sold);
        }
        return rows;
    }
}
