package io.freshet.learning.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.model.ModelCases;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
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

    private static long written(Batch batch) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PendingCodec.write(batch, new DataOutputStream(bytes));
        return bytes.size();
    }
}
