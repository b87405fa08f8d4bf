/**
 * The rule for joining a request with its outcomes: when a sample is emitted, with which label, and how the label changes. The
 * rule knows neither clocks nor streams; the join job feeds it, and keeps its states.
 */
@NullMarked
package io.freshet.learning.join;

import org.jspecify.annotations.NullMarked;
