package io.freshet.server.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import io.freshet.schemas.snapshot.WarmStartCodec;
import io.freshet.server.metrics.AppliedModels;
import io.freshet.server.store.ModelStore;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Follows which models are applied. A malformed record concerns the model that its key names, and no other. Not thread-safe. */
public final class AppliedModelIngest implements RecordSink {
    /** Longer keys name no model. */
    private static final int LONGEST_NAME = 1_000;

    private final ModelSpecCodec codec = new ModelSpecCodec();
    private final AppliedModels applied;
    private final ModelStore store;
    /** Models of a topic that was deleted, which the one that replaced it has not had yet. */
    private final Set<String> replaced = new HashSet<>();

    public AppliedModelIngest(AppliedModels applied, ModelStore store) {
        this.applied = applied;
        this.store = store;
    }

    @Override
    public void accept(byte @Nullable [] key, byte @Nullable [] value, int partition) throws MalformedRecordException {
        if (key == null || key.length == 0 || key.length > LONGEST_NAME || WarmStartCodec.isPart(key)) {
            return;
        }
        String name = new String(key, UTF_8);
        replaced.remove(name);
        if (value == null) {
            delete(name);
            return;
        }
        try {
            ModelSpec spec = codec.read(value);
            applied.apply(spec);
            store.untrained().apply(spec);
        } catch (MalformedRecordException | RuntimeException e) {
            applied.malformed(name, String.valueOf(e.getMessage()));
            throw e;
        }
    }

    /** Keeps the models until the new topic is read: those that it has answer requests all the time. */
    @Override
    public void recreated() {
        replaced.addAll(applied.names());
    }

    @Override
    public void caughtUp() {
        replaced.forEach(this::delete);
        replaced.clear();
    }

    private void delete(String name) {
        applied.delete(name);
        store.delete(name);
    }

    @Override
    public boolean isOptional() {
        return true;
    }
}
