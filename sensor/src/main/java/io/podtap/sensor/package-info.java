/**
 * The sensor's programs, {@code podtap sensor} and {@code podtap read}: options become settings,
 * and the stages are joined here.
 *
 * <p>In: tunnels of taps, or a capture file. Out: Zeek-compatible logs. Frames are the {@link
 * io.podtap.sensor.ingest.Ingest}'s until the end of their batch.
 */
@NullMarked
package io.podtap.sensor;

import org.jspecify.annotations.NullMarked;
