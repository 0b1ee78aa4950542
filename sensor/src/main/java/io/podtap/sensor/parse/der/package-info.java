/**
 * DER, the encoding of ASN.1 in which certificates and answers about them are written; read
 * strictly, as what is signed must be.
 *
 * <p>In: bytes. Out: elements, which are views of them; they stay the caller's. ITU-T X.690
 * sections 8 and 10. Any thread.
 */
@NullMarked
package io.podtap.sensor.parse.der;

import org.jspecify.annotations.NullMarked;
