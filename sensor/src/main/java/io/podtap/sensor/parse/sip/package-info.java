/**
 * SIP: from datagrams to {@code sip.log}.
 *
 * <p>In: one message a datagram. Out: one record for each answer, with the request before it, and
 * one for a request that was never answered. Bytes stay the caller's. RFC 3261. The analysis
 * thread.
 */
@NullMarked
package io.podtap.sensor.parse.sip;

import org.jspecify.annotations.NullMarked;
