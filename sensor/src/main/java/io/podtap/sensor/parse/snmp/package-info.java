/**
 * SNMP, versions 1, 2c and 3: from datagrams to {@code snmp.log}.
 *
 * <p>In: one message a datagram. Out: one record for each flow, with what was asked and answered in
 * numbers. Bytes stay the caller's. RFC 1157, 3412, 3414, 3416. The analysis thread.
 */
@NullMarked
package io.podtap.sensor.parse.snmp;

import org.jspecify.annotations.NullMarked;
