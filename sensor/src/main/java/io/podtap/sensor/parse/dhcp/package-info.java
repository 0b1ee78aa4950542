/**
 * DHCP for IPv4: from datagrams to {@code dhcp.log}.
 *
 * <p>In: one message a datagram. Out: one record for all messages of one transaction, whichever
 * flows they are in; it is written when nothing has come for a while. At most {@link
 * io.podtap.sensor.parse.dhcp.DhcpProtocol#TRANSACTIONS_MAX} are open. Bytes stay the caller's. RFC
 * 2131, 2132, 4702. The analysis thread.
 */
@NullMarked
package io.podtap.sensor.parse.dhcp;

import org.jspecify.annotations.NullMarked;
