package io.freshet.job.record;

/** An input of the learner: a sample, or a change of a specification. */
public sealed interface LearnInput permits KeyedSample, SpecChange {}
