package io.freshet.learning.replica;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.model.ModelCases;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ReplicaSettings;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** Specifications of four replicas that change twice while they learn. */
final class ChangedSpecs {
    static final int REPLICAS = 4;
    /** The points of these rounds announce the second and the third specification. */
    static final int SECOND = 2;

    static final int THIRD = 3;

    private ChangedSpecs() {}

    /** Returns the specification of a model that learns at a rate. */
    static ModelSpec spec(String optimizer, String model, double rate, String... more) {
        String yaml = ModelCases.yaml(model, "", new BinaryCrossEntropy(), optimizer, more);
        return ModelSpec.parse(yaml.replace("learningRate: 0.05", "learningRate: " + rate));
    }

    static ReplicaSettings replicas(ModelSpec spec) {
        return Objects.requireNonNull(spec.replicas());
    }

    /** Returns replicas that start with the first of three specifications, and switch to the others. */
    static RacingReplicas racing(List<ModelSpec> specs, long seed) {
        Learner first = new Learner(specs.get(0));
        return new RacingReplicas(first, replicas(specs.get(0)), first.start(), seed)
                .announcing(SECOND, specs.get(1))
                .announcing(THIRD, specs.get(2));
    }

    /** Returns the samples of each replica. */
    static List<List<Sample>> deal(List<Sample> samples) {
        return IntStream.range(0, REPLICAS)
                .mapToObj(r -> samples.stream()
                        .filter(sample -> sample.partition() == r)
                        .toList())
                .toList();
    }
}
