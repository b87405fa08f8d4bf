package io.freshet.job.replica;

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

    /**
     * Sends a message to a reducer of blocks.
     *
     * @param first block of the reducer
     */
    void sendToBlocks(Kind kind, int first, int replica, long round, byte[] message) {
        sender.send(RoundsCodec.blocksKey(model, first), kind, replica, round, message);
    }
}
