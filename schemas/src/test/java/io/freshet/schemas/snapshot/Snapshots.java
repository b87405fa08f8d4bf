package io.freshet.schemas.snapshot;

import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.Interleaving;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.features.Round;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Snapshots for tests. Parameters are generated from the version. */
public final class Snapshots {
    private Snapshots() {}

    /** Returns an order of {@code samples} samples: up to two rounds. */
    private static Interleaving order(long samples) {
        TreeMap<Long, Round> rounds = new TreeMap<>();
        if (samples > 0) {
            rounds.put(0L, new Round(new int[] {0, 3}, new long[] {4, 2}));
        }
        if (samples > 16) {
            rounds.put(16L, new Round(new int[] {3}, new long[] {samples - 16}));
        }
        return new Interleaving(rounds, samples);
    }

    /**
     * Returns a large snapshot.
     *
     * @param parameters null to generate them
     * @param blockVersions version of each block
     */
    public static Snapshot blocks(
            String name, String key, int hashBits, long version, float @Nullable [] parameters, long... blockVersions) {
        ModelSpec spec = spec(name, hashBits);
        return of(spec, key, version, parameters == null ? random(spec, version) : parameters, blockVersions);
    }

    /** Returns a small snapshot whose predictions are limited. */
    public static Snapshot limited(String name, String key, double low, double high) {
        Snapshot snapshot = of(name, key, 5, 40);
        return new Snapshot(
                ModelSpec.parse(snapshot.spec().toYaml().replace("clamp: none", "clamp: labels")),
                key,
                snapshot.version(),
                snapshot.updates(),
                snapshot.values(),
                snapshot.moments(),
                snapshot.lineage(),
                snapshot.blockVersions(),
                snapshot.metrics(),
                new double[] {low, high});
    }

    public static Snapshot of(String name, String key, int hashBits, long version) {
        ModelSpec spec = spec(name, hashBits);
        return of(spec, key, version, random(spec, version));
    }

    private static ModelSpec spec(String name, int hashBits) {
        return ModelSpec.parse("""
                name: %s
                label: y
                key: k
                features: {numeric: [a, b], categorical: [c], hashBits: %d}
                loss: mean-squared-error
                optimizer: sgd
                """.formatted(name, hashBits));
    }

    private static float[] random(ModelSpec spec, long version) {
        SplittableRandom random = new SplittableRandom(version);
        float[] parameters = new float[spec.parameterCount()];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = (float) random.nextDouble(-1, 1);
        }
        return parameters;
    }

    static Snapshot of(ModelSpec spec, String key, long version, float[] parameters, long... blockVersions) {
        return new Snapshot(
                spec,
                key,
                version,
                version / 2,
                parameters,
                new double[] {version, 1.5, 2, -3.25, 1e-9},
                new Lineage(
                        new int[] {3, 0},
                        new long[] {2, 0},
                        new long[] {17, version},
                        1_700_000_000_000L,
                        version,
                        List.of(),
                        List.of(new Lineage.Undone(2, 3), new Lineage.Undone(7, 11)),
                        order(version)),
                blockVersions,
                new Metrics(
                        version,
                        Map.of(
                                Metric.LOSS,
                                0.5,
                                Metric.BASELINE_LOSS,
                                0.75,
                                Metric.MAE,
                                0.25,
                                Metric.RMSE,
                                Math.sqrt(0.5),
                                Metric.R2,
                                0.375,
                                Metric.CALIBRATION,
                                1.0)));
    }
}
