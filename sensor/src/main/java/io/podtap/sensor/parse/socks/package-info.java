/**
 * SOCKS 4, 4a and 5: from streams to {@code socks.log}.
 *
 * <p>In: one connection to a proxy. Out: one record, a tunnel for {@code tunnel.log}, and all that
 * follows the request to whichever parser knows it. Passwords are not kept. Bytes stay the
 * caller's. RFC 1928, 1929; "SOCKS: A protocol for TCP proxy across firewalls". The analysis
 * thread.
 */
@NullMarked
package io.podtap.sensor.parse.socks;

import org.jspecify.annotations.NullMarked;
