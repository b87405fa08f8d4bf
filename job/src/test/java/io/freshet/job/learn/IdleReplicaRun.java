package io.freshet.job.learn;

import io.freshet.job.TestStream;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.replica.RoundsLog;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerStateCodec;
import io.freshet.learning.replica.Contribution;
import io.freshet.learning.replica.ContributionId;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.replica.Reducer;
import io.freshet.learning.replica.ReducerState;
import io.freshet.learning.replica.Replica;
import io.freshet.learning.replica.ReplicaState;
import io.freshet.learning.replica.RoundsMessage;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ReplicaSettings;
import io.freshet.schemas.snapshot.RoundsAssembly;
import io.freshet.schemas.snapshot.RoundsRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataOutputSerializer;

/** A model of two replicas, of which one may be silent. */
abstract class IdleReplicaRun {
    private static final List<String> KEYS = ModelKey.ofReplicas("shared", 2);
    static final int PERIOD = 4;
    static final ModelSpec SPEC = ModelSpec.parse("""
            {name: shared, label: y, features: {numeric: [a, b]}, loss: binary-cross-entropy, optimizer: {type: adam},
             publish: {everySamples: 10, minimumMillis: 0},
             replicas: {count: 2, period: 4, staleness: 0, idle: 10s}}
            """);
    ModelSpec spec = SPEC;
    /** The samples that each replica has received. */
    final int[] received = new int[2];

    /** Learns a round of a replica, whose partitions are in turn. */
    void learn(LearnHarness harness, TestRounds rounds, int replica) throws Exception {
        for (int i = 0; i < PERIOD; i++) {
            harness.learn(sample(replica, received[replica]++));
        }
        harness.receive(rounds);
    }

    /** Returns the sample that a replica receives at a position. Replica 0 has partitions 0 and 2, and replica 1 partition 1. */
    KeyedSample sample(int replica, int position) {
        int partition = replica == 1 ? 1 : position % 2 * 2;
        KeyedSample sample = TestStream.sample(spec, partition, replica == 1 ? position : position / 2);
        return new KeyedSample(KEYS.get(replica), sample.spec(), sample.sample());
    }

    /** Returns the decisions in the topic: round, and replica and round of each contribution. */
    static List<String> decisions(TestRounds rounds) throws Exception {
        List<String> decisions = new ArrayList<>();
        for (MergedPoint point : points(rounds)) {
            StringBuilder line = new StringBuilder(point.round() + ":");
            point.closing()
                    .members()
                    .forEach(each ->
                            line.append(' ').append(each.replica()).append('/').append(each.round()));
            decisions.add(line.toString());
        }
        return decisions;
    }

    /** Returns the merged points in the topic. */
    static Collection<MergedPoint> points(TestRounds rounds) throws Exception {
        Map<Long, MergedPoint> points = new TreeMap<>();
        RoundsAssembly assembly = new RoundsAssembly(RoundsMessage.largest(SPEC), 10, 0);
        for (RoundsLog.Entry entry : rounds.stored()) {
            if (assembly.add(RoundsRecord.read(entry.value()), entry.offset()) instanceof MergedPoint point) {
                points.putIfAbsent(point.round(), point);
            }
        }
        return points.values();
    }

    /** Returns the merged state after the rounds in the topic, by a plain loop. */
    String replayed(TestRounds rounds) throws Exception {
        Learner learner = new Learner(spec);
        ReplicaSettings settings = Objects.requireNonNull(spec.replicas());
        Replica replica = new Replica(learner, settings);
        Reducer reducer = new Reducer(learner, settings);
        ReducerState merged = reducer.start(learner.start());
        List<ReplicaState> replicas = List.of(replica.start(0, learner.start()), replica.start(1, learner.start()));
        int[] next = new int[2];
        for (MergedPoint point : points(rounds)) {
            for (ContributionId member : point.closing().members()) {
                Contribution contribution = null;
                for (int i = 0; i < PERIOD; i++) {
                    int position = next[member.replica()]++;
                    contribution = replica.learn(
                            replicas.get(member.replica()),
                            sample(member.replica(), position).sample());
                }
                merged.receive(Objects.requireNonNull(contribution));
            }
            MergedPoint closed = reducer.close(merged, point.closing());
            replicas.forEach(each -> replica.receive(each, closed));
        }
        DataOutputSerializer out = new DataOutputSerializer(1024);
        LearnerStateCodec.write(merged.merged(), out);
        return HexFormat.of().formatHex(out.getCopyOfBuffer());
    }
}
