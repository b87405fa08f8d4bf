/**
 * Measures how well replicas of one model learn at equal samples, how fast they learn in threads of their own, and how many rounds
 * the rounds topic carries.
 */
@NullMarked
package io.freshet.benchmarks.replicas;

import org.jspecify.annotations.NullMarked;
