/**
 * What detections about workloads have in common: the record as they see it, its ends as workloads,
 * what was learned of them, and arithmetic without state.
 */
@NullMarked
package io.podtap.sensor.notice.workload;

import org.jspecify.annotations.NullMarked;
