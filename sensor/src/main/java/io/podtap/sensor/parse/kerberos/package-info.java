/**
 * Kerberos 5: from datagrams and streams to {@code kerberos.log}.
 *
 * <p>In: one message a datagram; over TCP, messages with their length in front. Out: one record for
 * each flow: what was asked for, and the first outcome. The certificates with which clients and
 * KDCs sign go to {@code x509.log}. Nothing is decrypted. Bytes stay the caller's; of a stream, at
 * most one message is kept. RFC 4120, 4556. The analysis thread.
 */
@NullMarked
package io.podtap.sensor.parse.kerberos;

import org.jspecify.annotations.NullMarked;
