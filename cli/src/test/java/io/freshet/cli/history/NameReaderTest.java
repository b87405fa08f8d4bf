package io.freshet.cli.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.feed.EpochPlan;
import io.freshet.cli.feed.FileFeed;
import io.freshet.cli.input.RowFiles;
import io.freshet.learning.predict.SeenNames;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.RecordFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Would catch samples that the model learns, and that give no names. */
class NameReaderTest {
    private static final String MODEL = "name: m, label: y, loss: mean-squared-error, optimizer: {type: sgd},"
            + " features: {categorical: [c], hashBits: 10}";

    @TempDir
    Path directory;

    @Test
    void replicas_learn_every_sample_of_their_model() throws Exception {
        assertThat(count("{" + MODEL + ", replicas: {count: 2, period: 10}}", ""))
                .isEqualTo(3);
        assertThat(count("{" + MODEL + "}", "")).isEqualTo(3);
    }

    @Test
    void a_key_learns_its_own_samples() throws Exception {
        assertThat(count("{" + MODEL + ", key: k}", "a")).isEqualTo(2);
    }

    private long count(String yaml, String key) throws Exception {
        ModelSpec spec = ModelSpec.parse(yaml);
        Path file = directory.resolve("rows.csv");
        Files.write(file, List.of("k,c,y", "a,red,1", "b,blue,2", "a,red,3"));
        NameReader reader = new NameReader(spec, key, RecordFormat.avro(), new SeenNames(new BitSet()));
        new FileFeed(RowFiles.of(List.of(file), null, null, "--input"), List.of(spec))
                .read(reader, EpochPlan.of(List.of(spec)));
        return reader.count();
    }
}
