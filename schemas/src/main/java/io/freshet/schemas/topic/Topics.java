package io.freshet.schemas.topic;

/**
 * Names of the topics of one Freshet.
 *
 * @param prefix of all but the samples topic, for example {@code freshet}
 * @param samples name of the samples topic
 */
public record Topics(String prefix, String samples) {
    public static final String DEFAULT_PREFIX = "freshet";

    /** Returns the usual names under a prefix. */
    public static Topics of(String prefix) {
        return new Topics(prefix, prefix + ".samples");
    }

    /** Returns the compacted topic of specifications. */
    public String models() {
        return prefix + ".models";
    }

    /** Returns the compacted topic of snapshots that are seen at once. */
    public String parameters() {
        return prefix + ".parameters";
    }

    /** Returns the compacted topic of snapshots that are seen when the checkpoint is complete that holds them. */
    public String committed() {
        return prefix + ".parameters-committed";
    }

    /** Returns the topic of what each snapshot learned from. */
    public String history() {
        return prefix + ".history";
    }

    /** Returns the topic of evaluations. */
    public String metrics() {
        return prefix + ".metrics";
    }

    /** Returns the topic of records that could not be learned. */
    public String deadLetters() {
        return samples + "-dlt";
    }
}
