/**
 * RFB, the protocol of VNC, up to where the screen begins.
 *
 * <p>In: a TCP connection from its first byte on. Out: {@code rfb.log}, one record for each
 * connection. What is kept of a message ends with the message (RFC 6143). One thread.
 */
@NullMarked
package io.podtap.sensor.parse.rfb;

import org.jspecify.annotations.NullMarked;
