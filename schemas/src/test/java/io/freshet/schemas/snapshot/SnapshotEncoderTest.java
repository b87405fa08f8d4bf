package io.freshet.schemas.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schemas.avro.WireFormat;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Would catch a record that differs from the output of Avro's own encoder. */
class SnapshotEncoderTest {
    private final WireFormat<io.freshet.wire.Snapshot> avro =
            new WireFormat<>(io.freshet.wire.Snapshot.getClassSchema(), List.of());
    private final SnapshotCodec codec = new SnapshotCodec();
    private final HistoryCodec history = new HistoryCodec(codec);
    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final RandomSnapshots snapshots = new RandomSnapshots(random);

    @Test
    void writes_the_bytes_of_avro() {
        for (int i = 0; i < 500; i++) {
            PublishedSnapshot published = snapshots.published(i);
            int blocks = random.nextInt(3) == 0 ? 1 + random.nextInt(300) : 0;

            assertThat(codec.manifests().encode(published, blocks).toArray())
                    .as("seed %d, snapshot %d", seed, i)
                    .isEqualTo(avro.write(AvroSnapshots.record(published, blocks)));
            assertThat(history.write(published).value())
                    .as("seed %d, history record %d", seed, i)
                    .isEqualTo(avro.write(AvroSnapshots.history(published)));
        }
    }

    @Test
    void the_body_is_the_record_without_its_header() {
        PublishedSnapshot published = snapshots.published(0);
        byte[] record = avro.write(AvroSnapshots.record(published, 0));

        assertThat(codec.manifests().encode(published, 0).body())
                .isEqualTo(ByteBuffer.wrap(record, 10, record.length - 10));
    }
}
