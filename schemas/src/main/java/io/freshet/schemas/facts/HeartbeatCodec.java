package io.freshet.schemas.facts;

import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireFormat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes heartbeats as records of the metrics topic. Their key is not that of any model. Of more than {@value
 * #MOST_PARTITIONS} partitions, a heartbeat has no offsets, so that it fits in a record. Thread-safe.
 */
public final class HeartbeatCodec {
    /** Two offsets of up to ten bytes each: 1 MB. */
    static final int MOST_PARTITIONS = 50_000;

    private static final byte[] KEY = "#heartbeat".getBytes(StandardCharsets.UTF_8);

    private final WireFormat<io.freshet.wire.Heartbeat> format =
            new WireFormat<>(io.freshet.wire.Heartbeat.getClassSchema(), List.of());

    /** Returns whether a record of the metrics topic is a heartbeat. */
    public static boolean isHeartbeat(byte @Nullable [] key) {
        return Arrays.equals(key, KEY);
    }

    public KeyedBytes write(Heartbeat heartbeat) {
        io.freshet.wire.Heartbeat wire = io.freshet.wire.Heartbeat.newBuilder()
                .setStartedAt(Instant.ofEpochMilli(heartbeat.startedAt()))
                .setSentAt(Instant.ofEpochMilli(heartbeat.sentAt()))
                .setReadAt(Instant.ofEpochMilli(heartbeat.readAt()))
                .setRead(bounded(heartbeat.read()))
                .setEnds(bounded(heartbeat.ends()))
                .setBehind(heartbeat.behind())
                .setCatchingUp(heartbeat.catchingUp())
                .setModels(heartbeat.models())
                .build();
        return new KeyedBytes(KEY.clone(), format.write(wire));
    }

    private static List<Long> bounded(List<Long> offsets) {
        return offsets.size() > MOST_PARTITIONS ? List.of() : offsets;
    }

    public Heartbeat read(byte[] value) throws MalformedRecordException {
        io.freshet.wire.Heartbeat wire = format.read(value);
        return new Heartbeat(
                wire.getStartedAt().toEpochMilli(),
                wire.getSentAt().toEpochMilli(),
                wire.getReadAt().toEpochMilli(),
                wire.getRead(),
                wire.getEnds(),
                wire.getBehind(),
                wire.getCatchingUp(),
                wire.getModels());
    }
}
