/**
 * Tracking: IP packets in, flows with Zeek's states, histories and counts out.
 *
 * <p>{@link io.podtap.sensor.track.Tracker} finds the flow of each packet in a {@link
 * io.podtap.sensor.flow.FlowTable} and updates it; {@link io.podtap.sensor.track.TcpTracker} is the
 * part for TCP. A {@link io.podtap.sensor.track.FlowHandler} hears of payload and of flows that
 * end. Time is the packets' time. A packet that is wrong in a known way is counted as a {@link
 * io.podtap.sensor.track.Weird}. Bytes belong to the caller and are not kept. One thread.
 *
 * @see "Zeek: scripts/base/protocols/conn, src/packet_analysis; RFC 9293; RFC 768; RFC 792; RFC
 *     4443"
 */
@NullMarked
package io.podtap.sensor.track;

import org.jspecify.annotations.NullMarked;
