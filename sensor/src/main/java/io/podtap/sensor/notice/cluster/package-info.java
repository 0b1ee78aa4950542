/**
 * Detections about workloads: finished records in, notices out, one class for each detection.
 *
 * <p>State is kept by workload, or by address where the workload is unknown; each table is bounded
 * in bytes and forgets what is old. Time is the records' time, so a capture file that is read
 * faster than time gives the same notices. What is new is told from what a workload did during its
 * learning time. One thread.
 */
@NullMarked
package io.podtap.sensor.notice.cluster;

import org.jspecify.annotations.NullMarked;
