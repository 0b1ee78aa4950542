/**
 * OCSP: what an authority says of certificates, from answers in files or stapled to TLS, to {@code
 * ocsp.log}.
 *
 * <p>In: one answer, in whatever pieces it comes. Out: one record for each certificate that it is
 * about, when the file ends. Bytes stay the caller's; an answer is put together in memory of the
 * flow that carries it. RFC 6960. The analysis thread.
 */
@NullMarked
package io.podtap.sensor.parse.ocsp;

import org.jspecify.annotations.NullMarked;
