/**
 * What a tap has counted, and how it says so.
 *
 * <p>In: counters of the stages, plain fields of the hot thread. Out: snapshots for any thread, and
 * of these the count file, metrics and reports inside the tunnel or stream. {@code TapMetrics}
 * declares every number once.
 */
@NullMarked
package io.podtap.tap.ledger;

import org.jspecify.annotations.NullMarked;
