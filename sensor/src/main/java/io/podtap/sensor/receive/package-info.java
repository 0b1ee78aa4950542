/**
 * Receive: datagrams of taps from UDP sockets, in batches.
 *
 * <p>In: a listening socket of core.linux. Out: one inner frame after another to a {@link
 * io.podtap.core.packet.FrameHandler}, with the sending tap's index as interface index. The batch
 * owns the bytes until {@code onBatchEnd}. One thread per agent.
 */
@NullMarked
package io.podtap.sensor.receive;

import org.jspecify.annotations.NullMarked;
