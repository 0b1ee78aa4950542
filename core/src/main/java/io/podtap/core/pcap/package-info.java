/**
 * Capture files: classic pcap and pcapng in, nanosecond pcap out.
 *
 * <p>{@link io.podtap.core.pcap.PcapReader} is a {@link io.podtap.core.capture.FrameSource} over a
 * file or a pipe; it owns one buffer of fixed size, and the frames it hands over stand in that
 * buffer until the end of their batch. {@link io.podtap.core.pcap.PcapWriter} copies what it is
 * given. One thread each.
 *
 * @see "draft-ietf-opsawg-pcap; draft-ietf-opsawg-pcapng"
 */
@NullMarked
package io.podtap.core.pcap;

import org.jspecify.annotations.NullMarked;
