/**
 * Counters for others to read: Prometheus' text format, liveness and readiness on one small port.
 *
 * <p>In: a text that the program makes from its own snapshot. Out: answers to HTTP requests, on a
 * thread of its own.
 */
@NullMarked
package io.podtap.core.metrics;

import org.jspecify.annotations.NullMarked;
