/**
 * What a tap costs, beside other ways to mirror the same traffic: loads in, a Markdown table out.
 *
 * <p>{@link io.podtap.tests.bench.TapBenchmark} makes a client, a pod and a sensor of its own in
 * network namespaces, runs each load under each tap, one at a time, and measures with the kernel's
 * accounts: {@code /proc/PID/stat}, {@code /proc/stat}, the interface counters of the client, and
 * what arrives at the sensor. Numbers are measured, never asserted. Needs root.
 */
@NullMarked
package io.podtap.tests.bench;

import org.jspecify.annotations.NullMarked;
