package io.freshet.job.learn;

import io.freshet.job.state.ModelState;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;

/** Keeps savepoints of release 0.1.0 readable: they name the serializer by this class. Never rename or delete it. */
final class ModelStateSerializer {
    private ModelStateSerializer() {}

    /** Restores {@link io.freshet.job.state.ModelStateSerializer}. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<ModelState> {
        public Snapshot() {
            super(io.freshet.job.state.ModelStateSerializer::new);
        }
    }
}
