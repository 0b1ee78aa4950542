/**
 * Reassembly of IP fragments.
 *
 * <p>In: a fragment and where its headers stand, untrusted. Out: the whole datagram, headers
 * rewritten, in a buffer of this stage that is valid until the next call. RFC 791 section 3.2, RFC
 * 815, RFC 8200 section 4.5. The thread of the analysis.
 */
@NullMarked
package io.podtap.sensor.defragment;

import org.jspecify.annotations.NullMarked;
