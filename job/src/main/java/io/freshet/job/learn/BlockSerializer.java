package io.freshet.job.learn;

import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;

/** Keeps savepoints of release 0.1.0 readable: they name the serializer by this class. Never rename or delete it. */
final class BlockSerializer {
    private BlockSerializer() {}

    /** Restores {@link io.freshet.job.state.BlockSerializer}. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<float[]> {
        public Snapshot() {
            super(io.freshet.job.state.BlockSerializer::new);
        }
    }
}
