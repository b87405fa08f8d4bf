/**
 * The mathematics of Freshet: what a sample is, how a model predicts it, scores itself and learns from it.
 *
 * <p>Pure functions of what is handed in: no Flink, Kafka, Avro, clock, logging or unseeded random may come in here.
 */
@NullMarked
package io.freshet.learning;

import org.jspecify.annotations.NullMarked;
