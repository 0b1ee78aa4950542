/**
 * NTP: from datagrams to {@code ntp.log}.
 *
 * <p>In: one message a datagram, of versions 1 to 4. Out: one record for each message of the modes
 * that tell the time; control and private messages are recognised, and leave none. Bytes stay the
 * caller's. RFC 5905. The analysis thread.
 */
@NullMarked
package io.podtap.sensor.parse.ntp;

import org.jspecify.annotations.NullMarked;
