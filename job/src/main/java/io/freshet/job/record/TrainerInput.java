package io.freshet.job.record;

/** An input of the decoder: a record of the samples topic, or a change of a specification. */
public sealed interface TrainerInput permits SourceRecord, SpecChange {}
