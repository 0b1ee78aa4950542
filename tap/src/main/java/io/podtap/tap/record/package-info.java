/**
 * A tap without a sensor: {@code podtap tap --write}, which writes frames to a capture file.
 *
 * <p>In: frames of a source. Out: pcapng in which super-frames are the packets that the wire has.
 * One thread.
 */
@NullMarked
package io.podtap.tap.record;

import org.jspecify.annotations.NullMarked;
