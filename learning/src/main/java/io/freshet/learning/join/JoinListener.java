package io.freshet.learning.join;

/** Receives what the rule decides about one id. Called while its state is being changed, so it must not call the rule. */
public interface JoinListener {
    /** A sample is due. */
    void emit(JoinRequest request, JoinEmission emission);

    /** An outcome takes part in no sample. Its content is that of the record if it had to wait, else null. */
    void unjoined(JoinOutcome outcome, Unjoined reason);

    /**
     * An outcome does not count, since another one of the same request has the same outcome id, or the same content.
     *
     * @param contradicts whether the other one has another value
     */
    void doubled(JoinOutcome outcome, boolean contradicts);

    /** An outcome is rejected, since as many as are kept have arrived for its id. Its content is null unless it had to wait. */
    void full(JoinOutcome outcome);

    /**
     * The attribution of a request has ended. Called once for a request, after its samples up to then.
     *
     * @param label at the end of the attribution; NaN if there is none
     * @param delayMillis from the request to its first outcome that counts and has a value; -1 if there is none
     */
    void closed(JoinRequest request, double label, long delayMillis);
}
