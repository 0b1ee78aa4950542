/**
 * The vocabulary of packets: where bytes stand and what they mean.
 *
 * <p>Header classes ({@link io.podtap.core.packet.Ethernet}, {@link io.podtap.core.packet.Ipv4},
 * ...) are pure functions over a {@link java.lang.foreign.MemorySegment} and an offset; they
 * allocate nothing and own nothing. {@link io.podtap.core.packet.Headers} walks a frame once and
 * remembers where each header stands. {@link io.podtap.core.packet.Frame} is a moved view of one
 * captured frame with what the kernel knows about it.
 *
 * <p>Bytes belong to whoever wrapped them; every view is valid only until its owner moves on.
 * Nothing here checks bounds that the segment does not check itself: callers ask {@code Headers}
 * first, which never reads past the captured length and never throws on bad input.
 */
@NullMarked
package io.podtap.core.packet;

import org.jspecify.annotations.NullMarked;
