/**
 * Certificates, whatever protocol carries them, to {@code x509.log}.
 *
 * <p>In: one certificate, DER. Out: its record, once a day, and what its carrier asks of it: its
 * fingerprint, its subject, whether it is for a host. Bytes stay the caller's; fingerprints are
 * remembered within a bound. RFC 5280. The analysis thread.
 */
@NullMarked
package io.podtap.sensor.parse.x509;

import org.jspecify.annotations.NullMarked;
