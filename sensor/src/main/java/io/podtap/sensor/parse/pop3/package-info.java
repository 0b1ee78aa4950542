/**
 * POP3: commands and their replies, the mails that are fetched, and TLS behind STLS.
 *
 * <p>In: a TCP connection from its first byte on, line by line. Out: the files of the mails, what
 * TLS says behind STLS, and weirds; POP3 has no log of its own, as in Zeek. One thread.
 *
 * @see "RFC 1939; RFC 2449; RFC 2595 section 4; RFC 5034"
 */
@NullMarked
package io.podtap.sensor.parse.pop3;

import org.jspecify.annotations.NullMarked;
