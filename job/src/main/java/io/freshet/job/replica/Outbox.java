package io.freshet.job.replica;

import io.freshet.learning.replica.Contribution;
import io.freshet.learning.replica.ContributionCodec;
import io.freshet.learning.replica.Member;
import io.freshet.schemas.rounds.RoundsCodec;
import io.freshet.schemas.rounds.RoundsRecord.Kind;

/** Sends the messages of a model to the rounds topic. */
final class Outbox {
    private final String model;
    private final Sender sender;

    /** Sends a message under a key. */
    interface Sender {
        void send(String key, Kind kind, int replica, long round, byte[] message);
    }

    Outbox(String model, Sender sender) {
        this.model = model;
        this.sender = sender;
    }

    /** Sends a message to the reducer of the model, or to the replicas. */
    void send(Kind kind, int replica, long round, byte[] message) {
        sender.send(RoundsCodec.key(model, kind.isForReducer()), kind, replica, round, message);
    }

    /** Sends a contribution; with reducers of blocks, its changes to these, and the rest to the reducer of the model. */
    void send(Contribution contribution, int blockReducers) {
        Member member = contribution.member();
        Contribution whole = blockReducers == 0 ? contribution : contribution.withoutChanges();
        byte[] message = Messages.bytes(out -> ContributionCodec.write(whole, out));
        send(Kind.CONTRIBUTION, member.replica(), member.round(), message);
        for (int i = 0; i < blockReducers; i++) {
            int first = i;
            byte[] changes = Messages.bytes(out -> {
                out.writeInt(first);
                ContributionCodec.write(contribution.ofBlocks(first, blockReducers), out);
            });
            sendToBlocks(first, Kind.CHANGES, member.replica(), member.round(), changes);
        }
    }

    /** Tells all reducers that a replica has no more samples. */
    void sendEnd(int replica, int blockReducers) {
        send(Kind.END, replica, 0, new byte[0]);
        for (int i = 0; i < blockReducers; i++) {
            int first = i;
            sendToBlocks(first, Kind.CHANGES_END, replica, 0, Messages.bytes(out -> out.writeInt(first)));
        }
    }

    /** @param first block of the reducer */
    private void sendToBlocks(int first, Kind kind, int replica, long round, byte[] message) {
        sender.send(RoundsCodec.blocksKey(model, first), kind, replica, round, message);
    }
}
