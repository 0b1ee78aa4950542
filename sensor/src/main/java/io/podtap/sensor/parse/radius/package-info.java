/**
 * RADIUS: from datagrams to {@code radius.log}.
 *
 * <p>In: one message a datagram. Out: one record for each attempt to get access, written with its
 * outcome or at the end of the flow. Accounting is recognised, and leaves the name it tells.
 * Passwords are not kept. Bytes stay the caller's. RFC 2865, 2866, 2868. The analysis thread.
 */
@NullMarked
package io.podtap.sensor.parse.radius;

import org.jspecify.annotations.NullMarked;
