package io.freshet.job.record;

/** An input of the decoder or the learner: a record of the samples topic, a sample of one model, or a change of a specification. */
public sealed interface TrainerInput permits SourceRecord, KeyedSample, SpecChange {}
