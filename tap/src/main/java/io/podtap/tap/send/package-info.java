/**
 * Send: datagrams of many flows into few system calls.
 *
 * <p>In: encapsulated packets, written straight into this stage's buffers. Out: UDP datagrams on
 * the lanes of a sensor (connected sockets, a source port each), joined into batches of equal size
 * so that the kernel walks its send path once for up to 128. Order within a flow is kept; between
 * flows it is not. Nothing is allocated. The tap's one hot thread.
 *
 * @see "udp(7), UDP_SEGMENT; linux/net/ipv4/udp.c (udp_send_skb)"
 */
@NullMarked
package io.podtap.tap.send;

import org.jspecify.annotations.NullMarked;
