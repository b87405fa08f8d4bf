package io.freshet.learning.replica;

import io.freshet.learning.learner.FieldCodec;
import io.freshet.learning.learner.FlatArrays;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The decision which contributions a round merges: a part of the {@link MergedPoint}.
 *
 * @param round from 1
 * @param members the contributions that are merged, in order of replica and round
 * @param specification as YAML, of the rounds from {@code round} + 1 + staleness on; null if it does not change
 */
public record Closing(
        long round, List<ContributionId> members, @Nullable String specification) {
    void write(DataOutput out) throws IOException {
        out.writeLong(round);
        FieldCodec.write(members, ContributionId::write, out);
        FieldCodec.writeOptional(specification, FlatArrays::writeText, out);
    }

    static Closing read(DataInput in) throws IOException {
        return new Closing(
                in.readLong(),
                FieldCodec.read(ContributionId::read, in),
                FieldCodec.readOptional(FlatArrays::readText, in));
    }
}
