package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Sample.Revision;
import io.freshet.learning.features.SampleId;
import io.freshet.learning.features.Stage;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.model.Batch;
import io.freshet.learning.model.ModelCases;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch a pending batch that is larger in a checkpoint than the limit of its samples counts. */
class PendingCodecTest {
    private static final long SEED = 5;
    /** Flags, shape, and count of samples. */
    private static final int HEAD = 1 + 5 * Integer.BYTES;

    static List<ModelSpec> specs() {
        return ModelCases.all("sgd");
    }

    @ParameterizedTest
    @MethodSource("specs")
    void the_bytes_of_a_batch_are_known_without_writing_it(ModelSpec spec) throws IOException {
        Batch batch = new Batch(spec.model().batchShape(spec.inputShape(), spec.labelLength()));
        Standardizer standardizer = spec.features().standardizer();
        assertThat(HEAD + batch.storedBytes()).isEqualTo(written(batch));
        for (Sample sample : ModelCases.samples(spec, 5, SEED)) {
            long added = batch.storedBytes(sample);
            long before = batch.storedBytes();
            batch.add(sample, standardizer, standardizer.start());
            assertThat(HEAD + batch.storedBytes()).isEqualTo(written(batch));
            assertThat(batch.storedBytes() - before).isEqualTo(added - (long) Double.BYTES * sample.numeric().length);
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void the_bytes_of_a_raw_batch_are_known_without_writing_it(ModelSpec spec) throws IOException {
        Batch batch = new Batch(spec.model().batchShape(spec.inputShape(), spec.labelLength()));
        for (Sample sample : ModelCases.samples(spec, 5, SEED)) {
            long added = batch.storedBytes(sample);
            long before = batch.storedBytes();
            batch.addRaw(sample);
            assertThat(HEAD + Integer.BYTES + batch.storedBytes()).isEqualTo(written(batch));
            assertThat(batch.storedBytes() - before).isEqualTo(added);
        }
    }

    @Test
    void the_bytes_of_stages_are_known_and_read_back() throws IOException {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {numeric: [a]}, loss: mean-squared-error}");
        Batch batch = new Batch(spec.model().batchShape(spec.inputShape(), spec.labelLength()));
        Standardizer standardizer = spec.features().standardizer();
        SampleId id = new SampleId(1, 2);
        Revision[] revisions = {
            null, new Revision(Stage.OPEN, id, Float.NaN), new Revision(Stage.CHANGED, id, 0.5f), null
        };
        for (int i = 0; i < revisions.length; i++) {
            Sample plain = Sample.of(new double[] {i}, new int[0], new float[0], i, 1, new Sample.Position(0, i, 0, 0));
            Sample sample = new Sample(plain.features(), plain.label(), 1, false, plain.position(), revisions[i]);
            long added = batch.storedBytes(sample);
            long before = batch.storedBytes();
            batch.add(sample, standardizer, standardizer.start());
            assertThat(HEAD + batch.storedBytes()).isEqualTo(written(batch));
            assertThat(batch.storedBytes() - before).isEqualTo(added - (long) Double.BYTES * sample.numeric().length);
        }
        Batch copy = batch.copy();
        copy.remove(new boolean[] {false, true, false, false});
        assertThat(copy.stage(0)).isEqualTo(Stage.COMPLETE);
        assertThat(copy.stage(1)).isEqualTo(Stage.CHANGED);
        assertThat(copy.previous(1)).isEqualTo(0.5f);
        assertThat(copy.changed()).isEqualTo(1);
        assertThat(copy.stage(2)).isEqualTo(Stage.COMPLETE);
        copy.clear();
        assertThat(copy.isRevised()).isFalse();
    }

    private static long written(Batch batch) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PendingCodec.write(batch, new DataOutputStream(bytes));
        return bytes.size();
    }
}
