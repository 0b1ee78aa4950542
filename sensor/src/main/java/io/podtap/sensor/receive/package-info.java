/**
 * Receive: datagrams of taps from UDP sockets, in batches.
 *
 * <p>In: a listening socket of core.linux. Out: one payload after another, joined datagrams still
 * together, to a {@link PayloadHandler}. The batch owns the bytes until {@code onBatchEnd}. One
 * thread per agent.
 */
@NullMarked
package io.podtap.sensor.receive;

import org.jspecify.annotations.NullMarked;
