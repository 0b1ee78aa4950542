/**
 * RDP up to where it is encrypted: who connects with what, and how the server answers.
 *
 * <p>In: a TCP connection from its first byte on. Out: {@code rdp.log}, one record for each
 * connection, and the TLS inside to its own parser. Over UDP it is recognised alone ([MS-RDPEUDP]).
 * What is kept of a message ends with the message. One thread.
 */
@NullMarked
package io.podtap.sensor.parse.rdp;

import org.jspecify.annotations.NullMarked;
