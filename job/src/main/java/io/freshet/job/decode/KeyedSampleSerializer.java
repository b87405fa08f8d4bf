package io.freshet.job.decode;

import io.freshet.job.record.KeyedSample;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;

/** Keeps savepoints of release 0.1.0 readable: they name the serializer by this class. Never rename or delete it. */
final class KeyedSampleSerializer {
    private KeyedSampleSerializer() {}

    /** Restores {@link io.freshet.job.record.KeyedSampleSerializer}. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<KeyedSample> {
        public Snapshot() {
            super(io.freshet.job.record.KeyedSampleSerializer::new);
        }
    }
}
