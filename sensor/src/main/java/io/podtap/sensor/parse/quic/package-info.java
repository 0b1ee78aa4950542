/**
 * QUIC: from datagrams to {@code quic.log}, and the TLS handshake inside to the parser of TLS.
 *
 * <p>In: the datagrams of one flow, of versions 1 and 2 and the drafts from 23 on. Initial packets
 * are protected by keys that anybody who sees the first one can derive; their CRYPTO frames carry
 * the Hellos of TLS. Everything behind them is opaque and only counted. Out: one record for each
 * connection, a further one when a server asked for a Retry. Bytes stay the caller's; a packet is
 * copied once, into the memory of its protocol, where it is decrypted. RFC 8999, 9000, 9001, 9369.
 * The analysis thread.
 */
@NullMarked
package io.podtap.sensor.parse.quic;

import org.jspecify.annotations.NullMarked;
