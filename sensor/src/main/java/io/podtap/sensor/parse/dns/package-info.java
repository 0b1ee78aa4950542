/**
 * DNS: messages over UDP and TCP, and what shares its form: multicast DNS, LLMNR, NetBIOS names.
 *
 * <p>In: datagrams, or streams of messages behind their length. Out: {@code dns.log}, one record
 * for each question with the answer to it. Names are followed backwards only, so none can run in
 * circles; all that is kept is bounded. One thread.
 *
 * @see "RFC 1035, 2535, 3596, 4034, 5155, 6762; RFC 1002 section 4.2 for NetBIOS names"
 */
@NullMarked
package io.podtap.sensor.parse.dns;

import org.jspecify.annotations.NullMarked;
