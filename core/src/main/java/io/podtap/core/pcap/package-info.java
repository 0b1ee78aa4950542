/**
 * Capture files and streams: classic pcap and pcapng in, nanosecond pcap and pcapng blocks out.
 *
 * <p>{@link io.podtap.core.pcap.PcapReader} is a {@link io.podtap.core.capture.FrameSource} over a
 * file or a pipe; it owns one buffer of fixed size, and the frames it hands over stand in that
 * buffer until the end of their batch. {@link io.podtap.core.pcap.PcapWriter} copies what it is
 * given. One thread each. {@link io.podtap.core.pcap.PcapngWriter} writes blocks into memory of the
 * caller.
 *
 * <p>A tap's stream is plain pcapng. What only Podtap reads in it stands in comments ({@code
 * opt_comment}), which other tools show or skip. The section header says who the tap is, in lines
 * {@code podtap.tap-id=}, {@code podtap.start=}, {@code podtap.pod=}, {@code podtap.namespace=},
 * {@code podtap.node=}, {@code podtap.uid=}, {@code podtap.image=}, {@code podtap.vni=}. The
 * statistics block of interface 0 carries the tap's report, the very text that goes through a VXLAN
 * tunnel ({@link io.podtap.core.report.TapReport}): at the beginning of each connection, every ten
 * seconds and at the end. Its {@code lane.sent} counts the packets before that block, in this and
 * all earlier connections of this start to this sensor: less what was received, that is what was
 * lost.
 *
 * @see "draft-ietf-opsawg-pcap; draft-ietf-opsawg-pcapng"
 */
@NullMarked
package io.podtap.core.pcap;

import org.jspecify.annotations.NullMarked;
