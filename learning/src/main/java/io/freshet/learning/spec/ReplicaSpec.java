package io.freshet.learning.spec;

import static io.freshet.learning.yaml.Numbers.integer;
import static io.freshet.learning.yaml.Numbers.millis;

import io.freshet.learning.spec.TrainingSpec.BatchSpec;
import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.Mapping;
import io.freshet.learning.yaml.Names;
import io.freshet.learning.yaml.Section;

/**
 * The replicas of a model, in YAML.
 *
 * <pre>
 *   replicas: 4
 *   replicas: {count: 4, period: 1000, staleness: 1, merge: mean, slots: local, idle: 10s}
 *   replicas: {count: 4, merge: gradient}
 * </pre>
 */
final class ReplicaSpec {
    private static final int MAXIMUM_COUNT = 1024;
    private static final int MAXIMUM_STALENESS = 64;
    private static final int DEFAULT_PERIOD = 1000;

    static final Section<ReplicaSettings> FIELDS = Section.of(
                    ReplicaSettings.class,
                    Field.of("count", integer(1, MAXIMUM_COUNT), 1),
                    Field.of("period", integer(1))
                            .or(
                                    ReplicaSpec::defaultPeriod,
                                    "`" + DEFAULT_PERIOD + "`; with `merge: gradient`, `batch.size`")
                            .keepsState(),
                    Field.of("staleness", integer(0, MAXIMUM_STALENESS), 1),
                    Field.of("merge", Names.oneOf(Merge.class), Merge.MEAN),
                    Field.of("slots", Names.oneOf(Slots.class))
                            .or(ReplicaSpec::defaultSlots, "`local`; with `ftrl`, `mean`"),
                    Field.of("idle", millis(), ReplicaSettings.DEFAULT_IDLE_MILLIS)
                            .omit(idle -> idle == ReplicaSettings.DEFAULT_IDLE_MILLIS)
                            .keepsState())
            .means("""
                count: Replicas that share the learning of a model without a key; at most the partitions of the samples \
                topic. Short form: `replicas: 4`. See [replicas](architecture.md#replicas)
                period: Samples that a replica receives in a round; with `merge: gradient`, those of a batch
                staleness: Rounds that a replica may be ahead of the merged point that it starts from; 0 waits after each \
                round
                merge: The mean of the changes by samples, or one step along the summed gradients of a batch of each \
                replica
                slots: Whether each replica keeps the slots of the optimizer, or they are merged by their mean; `ftrl` \
                needs `mean`
                idle: How long a round of a live job waits for a replica after its first contribution, before it closes \
                without it; `0` waits forever. A bounded run always waits
                """)
            .shortBy("count")
            .without("transfer", "none: changes are sent as floats; a longer replicas.period sends fewer of them")
            .without("reducers", "none: one reducer merges all blocks; a longer replicas.period gives it less to read");

    private ReplicaSpec() {}

    private static int defaultPeriod(Mapping in) {
        BatchSpec batch = in.get("batch", BatchSpec.class);
        return in.get("merge", Merge.class) == Merge.GRADIENT && !batch.isFull() ? batch.size() : DEFAULT_PERIOD;
    }

    private static Slots defaultSlots(Mapping in) {
        return in.get("optimizer", RatedOptimizer.class).optimizer().penalizes() ? Slots.MEAN : Slots.LOCAL;
    }
}
