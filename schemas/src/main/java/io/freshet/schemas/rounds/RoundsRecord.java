package io.freshet.schemas.rounds;

/**
 * A record of the rounds topic: a message about the replicas of a model, or a part of a large one.
 *
 * @param kind of the message
 * @param origin identifies the replicas since they started from scratch; others are not of this model's state
 * @param replica that sent it, from 0; 0 if the reducer did; the first block of a reducer of blocks
 * @param round that it is about, from 1; 0 if none
 * @param part of the message, from 0
 * @param parts of the message, at least 1
 * @param bytes of the part
 */
public record RoundsRecord(Kind kind, String origin, int replica, long round, int part, int parts, byte[] bytes) {
    /** What a message says. */
    public enum Kind {
        /** What a replica learned in a round. To the reducer. */
        CONTRIBUTION(1),
        /** A replica has no more samples. To the reducer. */
        END(2),
        /** The merged state after a round. To the replicas. */
        MERGED(3),
        /** The model is no longer learned, for the reason in the bytes, as UTF-8. To all. */
        FAILURE(4),
        /** What a replica changed in some blocks in a round. To the reducer of these blocks. */
        CHANGES(5),
        /** A replica has no more samples. To a reducer of blocks. */
        CHANGES_END(6),
        /** Which contributions a round has. To the reducers of blocks. */
        CLOSED(7),
        /** The blocks that a reducer has merged. To the reducer of the model, and to the replicas. */
        BLOCKS(8);

        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }

        byte code() {
            return code;
        }

        /** Returns whether the reducer follows these messages; replicas follow the others. */
        public boolean isForReducer() {
            return this == CONTRIBUTION || this == END;
        }
    }
}
