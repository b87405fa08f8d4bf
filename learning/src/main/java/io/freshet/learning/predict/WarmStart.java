package io.freshet.learning.predict;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.SpecCompatibility;
import io.freshet.learning.spec.WarmStartReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The parameters, moments, and range of labels of a warm start: one set per key, or one set for all keys if its model has no key. Immutable,
 * provided that its arrays are not changed.
 */
public final class WarmStart {
    private static final String NO_KEY = "";
    private static final int CHUNK = 1 << 14;

    private final ModelSpec spec;
    private final Map<String, Parameters> byKey;
    private final WarmStartReference warmStart;

    /**
     * The parameters, moments, and range of labels for one key.
     *
     * @param spec that they were learned with, of which each key may have another
     * @param parameters length {@link ModelSpec#parameterCount}
     * @param moments of the numeric features, as in a snapshot
     * @param labelRange of the labels, as in a snapshot
     */
    public record Parameters(ModelSpec spec, float[] parameters, double[] moments, double[] labelRange) {
        /** Returns a copy of the range if the model learns the same labels by the same loss; an empty range if not. */
        public double[] rangeFor(ModelSpec model) {
            boolean same = spec.loss().equals(model.loss()) && spec.label().equals(model.label());
            return same ? labelRange.clone() : Clamp.NO_LABELS;
        }
    }

    private WarmStart(ModelSpec spec, Map<String, Parameters> byKey, long version) {
        this.spec = spec;
        this.byKey = byKey;
        warmStart = new WarmStartReference(spec.name(), version, checksum(byKey));
    }

    /**
     * Creates a warm start from snapshots with distinct keys.
     *
     * @throws IllegalArgumentException if there is no snapshot, or if they are of different models
     */
    public static WarmStart of(Collection<Snapshot> snapshots) {
        Map<String, Parameters> byKey = new TreeMap<>();
        ModelSpec spec = null;
        long version = 0;
        for (Snapshot snapshot : snapshots) {
            if (spec != null && spec != snapshot.spec()) {
                checkSame(spec, snapshot.spec());
            }
            spec = snapshot.spec();
            version = Math.max(version, snapshot.version());
            Parameters parameters =
                    new Parameters(spec, snapshot.parameters(), snapshot.moments(), snapshot.labelRange());
            byKey.put(snapshot.key(), parameters);
        }
        if (spec == null) {
            throw new IllegalArgumentException("no snapshot (expected: one, or one of each key)");
        }
        return new WarmStart(spec, byKey, version);
    }

    private static void checkSame(ModelSpec one, ModelSpec other) {
        if (!one.name().equals(other.name())) {
            throw new IllegalArgumentException(
                    "snapshots of " + one.name() + " and " + other.name() + " (expected: of one model)");
        }
        String misfit = SpecCompatibility.misfit(one, other);
        if (misfit != null) {
            throw new IllegalArgumentException("snapshots of " + one.name() + ": " + misfit);
        }
    }

    public WarmStartReference warmStart() {
        return warmStart;
    }

    /** Returns why a model cannot start from this, naming both differing values, or null if it can. */
    public @Nullable String misfit(ModelSpec model) {
        String misfit = SpecCompatibility.misfit(spec, model);
        if (misfit == null && spec.key() != null && !Objects.equals(spec.key(), model.key())) {
            return "key: " + (model.key() == null ? "none" : model.key()) + ", was " + spec.key()
                    + " (expected: the same, or parameters of a model without a key)";
        }
        return misfit;
    }

    /**
     * Returns the parameters that a key starts from or switches to, or null if it keeps its own.
     *
     * @param isNew whether the key has received no sample yet
     */
    public @Nullable Parameters of(String key, boolean isNew) {
        Parameters own = byKey.get(key);
        return own == null && isNew && spec.key() == null ? byKey.get(NO_KEY) : own;
    }

    private static String checksum(Map<String, Parameters> byKey) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byKey.forEach((key, parameters) -> add(digest, key, parameters));
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static void add(MessageDigest digest, String key, Parameters of) {
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        float[] parameters = of.parameters();
        ByteBuffer bytes = ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        digest.update(bytes.putInt(name.length)
                .putInt(parameters.length)
                .putInt(of.moments().length)
                .flip());
        digest.update(name);
        for (int at = 0; at < parameters.length; at += CHUNK) {
            int count = Math.min(CHUNK, parameters.length - at);
            bytes.clear().asFloatBuffer().put(parameters, at, count);
            digest.update(bytes.limit(count * Float.BYTES));
        }
        for (double moment : of.moments()) {
            digest.update(bytes.clear().putDouble(moment).flip());
        }
        for (double limit : of.labelRange()) {
            digest.update(bytes.clear().putDouble(limit).flip());
        }
    }
}
