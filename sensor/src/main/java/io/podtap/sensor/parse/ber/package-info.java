/**
 * BER, the encoding of ASN.1 in which LDAP, SNMP and Kerberos write.
 *
 * <p>In: bytes. Out: elements, which are views of them; they stay the caller's. ITU-T X.690. Any
 * thread.
 */
@NullMarked
package io.podtap.sensor.parse.ber;

import org.jspecify.annotations.NullMarked;
