/**
 * Ingest: from the network to whole frames, for every program that taps send to. In: datagrams of
 * tunnels and streams over TLS. Out: frames, each with the index of its tap.
 *
 * <p>{@link io.podtap.sensor.ingest.Ingest} joins the UDP sockets ({@link
 * io.podtap.sensor.ingest.SocketReader}: batches of datagrams, joined ones still together), the
 * stage {@code decapsulate}, the streams of {@code io.podtap.sensor.stream} and the table of taps.
 * One thread, its owner's. A batch owns its bytes until {@code onBatchEnd}.
 */
@NullMarked
package io.podtap.sensor.ingest;

import org.jspecify.annotations.NullMarked;
