/**
 * Syslog: from datagrams and streams to {@code syslog.log}.
 *
 * <p>In: one message a datagram; over TCP, messages with their length in front or with a line feed
 * behind. Out: one record for each message. Bytes stay the caller's; of a stream, at most one
 * message is kept. RFC 3164, 5424, 6587. The analysis thread.
 */
@NullMarked
package io.podtap.sensor.parse.syslog;

import org.jspecify.annotations.NullMarked;
