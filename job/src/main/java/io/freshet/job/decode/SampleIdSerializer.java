package io.freshet.job.decode;

import io.freshet.learning.features.SampleId;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;

/** Keeps savepoints of release 0.1.0 readable: they name the serializer by this class. Never rename or delete it. */
final class SampleIdSerializer {
    private SampleIdSerializer() {}

    /** Restores {@link io.freshet.job.record.SampleIdSerializer}. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<SampleId> {
        public Snapshot() {
            super(io.freshet.job.record.SampleIdSerializer::new);
        }
    }
}
