package io.freshet.schemas.kafka;

import java.util.List;

/**
 * The names of a deployment's topics.
 *
 * @param prefix of all topics except the samples topic, for example {@code freshet}
 * @param samples name of the samples topic
 */
public record Topics(String prefix, String samples) {
    public static final String DEFAULT_PREFIX = "freshet";

    /** Returns the default names under a prefix. */
    public static Topics of(String prefix) {
        return new Topics(prefix, prefix + ".samples");
    }

    /** Returns the compacted topic of specifications. */
    public String models() {
        return prefix + ".models";
    }

    /** Returns the compacted topic of the eager lane. */
    public String parameters() {
        return prefix + ".parameters";
    }

    /** Returns the compacted topic of the committed lane. */
    public String committed() {
        return prefix + ".parameters-committed";
    }

    /** Returns the topic of snapshot lineages and the specifications they refer to. */
    public String history() {
        return prefix + ".history";
    }

    /** Returns the topic by which replicas of a model and their reducer reach each other. */
    public String rounds() {
        return prefix + ".rounds";
    }

    /** Returns the topic of evaluations. */
    public String metrics() {
        return prefix + ".metrics";
    }

    /** Returns the topic of answers that servers log. */
    public String answers() {
        return prefix + ".answers";
    }

    /** Returns the topic of outcomes of answered requests. */
    public String outcomes() {
        return prefix + ".outcomes";
    }

    /** Returns the topic of outcomes that became part of no label: late ones, and those without a request. */
    public String unjoined() {
        return prefix + ".unjoined";
    }

    /** Returns the topic of dead letters. */
    public String deadLetters() {
        return samples + "-dlt";
    }

    /** Returns the topics that can have neither requests nor outcomes. */
    public List<String> reserved() {
        return List.of(
                samples,
                models(),
                parameters(),
                committed(),
                history(),
                rounds(),
                metrics(),
                unjoined(),
                deadLetters());
    }
}
