package io.freshet.job.join.decode;

/** Receives why a record is rejected, by all models or by one. */
interface JoinRejections {
    /** @param model that rejects the record, or "" for all */
    void reject(String model, String message);
}
