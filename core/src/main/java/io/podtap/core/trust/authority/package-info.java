/**
 * A certificate authority of one file: for {@code podtap pki}, for the webhook's own certificate,
 * and for tests. No tap and no sensor uses it.
 *
 * <p>In: names. Out: keys and certificates as PEM. Any thread.
 *
 * @see "RFC 5280; RFC 7468"
 */
@NullMarked
package io.podtap.core.trust.authority;

import org.jspecify.annotations.NullMarked;
