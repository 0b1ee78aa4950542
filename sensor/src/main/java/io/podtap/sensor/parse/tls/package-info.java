/**
 * TLS: from the bytes of a connection to {@code ssl.log} and {@code x509.log}.
 *
 * <p>In: records of SSL 3 to TLS 1.3, or handshake messages that came another way (QUIC). Out: one
 * record for each connection, when the handshake is over or the connection is. Nothing is
 * decrypted; what is encrypted is skipped where it lies. Bytes stay the caller's; handshake
 * messages in pieces are put together in memory of the connection. RFC 8446, 5246, 6066, 7301. The
 * analysis thread.
 */
@NullMarked
package io.podtap.sensor.parse.tls;

import org.jspecify.annotations.NullMarked;
