/**
 * Who is believed on an encrypted tunnel: certificates and keys from PEM files, read again when
 * they change, and the names that the other side must have.
 *
 * <p>Comes in: files as cert-manager writes them, engines' handshakes. Goes out: {@link
 * javax.net.ssl.SSLEngine}s of the JDK, set up for mutual TLS 1.3. Threads: a {@link
 * io.podtap.core.trust.Trust} may be asked from any.
 */
@NullMarked
package io.podtap.core.trust;

import org.jspecify.annotations.NullMarked;
