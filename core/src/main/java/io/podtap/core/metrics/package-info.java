/**
 * What a program counts, declared once ({@code MetricGroup}), and published: a count document in
 * JSON, metrics as Prometheus and OpenMetrics have them, liveness and readiness on one small port.
 *
 * <p>In: readings that a program takes of its counters on the thread that owns them. Out: texts,
 * and answers to HTTP requests, on a thread of its own.
 */
@NullMarked
package io.podtap.core.metrics;

import org.jspecify.annotations.NullMarked;
